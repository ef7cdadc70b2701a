//! Bounds on documents, checked before anything walks them: what a parser or a validator does with one would otherwise cost far more
//! than sending it.

use std::collections::HashMap;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, ServerError};
use http::StatusCode;

use super::limits::{ALIASES, BRACKETS, DEPTH, ROOTS, SELECTIONS, TOKENS};
use super::response::error_of;
use crate::problem::Problem;

/// Parses a document within all bounds.
pub(super) fn parse(text: &str) -> Result<ExecutableDocument, ServerError> {
    scan(text).map_err(refused)?;
    let document = parse_query(text)?;
    measure(&document).map_err(refused)?;
    Ok(document)
}

/// The operation that a request names, if the document has it.
pub(super) fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a Positioned<OperationDefinition>> {
    let mut operations = document.operations.iter();
    match name {
        Some(name) => operations.find(|(found, _)| found.is_some_and(|found| found == name)),
        None => operations.next(),
    }
    .map(|(_, operation)| operation)
}

/// How many fields an operation of a bounded document has at its top.
pub(super) fn roots(document: &ExecutableDocument, operation: &OperationDefinition) -> usize {
    let mut measures = Measures { document, fragments: HashMap::new() };
    measures.of(&operation.selection_set.node).map_or(0, |measure| measure.roots)
}

fn refused(detail: String) -> ServerError {
    error_of(Problem::new(StatusCode::BAD_REQUEST, "too-complex", detail))
}

fn most(what: &str, most: usize) -> String {
    format!("The document has more than {most} {what}; ask for less, or in several requests.")
}

/// Counts tokens and open brackets, in one pass and without recursion (GraphQL, October 2021, section 2.1).
fn scan(text: &str) -> Result<(), String> {
    let (mut tokens, mut open) = (0_usize, 0_usize);
    let mut rest = text.as_bytes();
    let mut in_word = false;
    while let Some((&byte, behind)) = rest.split_first() {
        let starts_word = !in_word;
        in_word = false;
        rest = match byte {
            b'#' => skip(behind, |byte| byte != b'\n' && byte != b'\r'),
            b'"' => {
                tokens = tokens.saturating_add(1);
                string(behind)
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' => behind,
            b'(' | b'[' | b'{' => {
                (tokens, open) = (tokens.saturating_add(1), open.saturating_add(1));
                behind
            }
            b')' | b']' | b'}' => {
                (tokens, open) = (tokens.saturating_add(1), open.saturating_sub(1));
                behind
            }
            b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'+' | b'.' | 0x80.. => {
                in_word = true;
                // The three points of a fragment count as one token, too.
                tokens = tokens.saturating_add(usize::from(starts_word));
                behind
            }
            _ => {
                tokens = tokens.saturating_add(1);
                behind
            }
        };
        if tokens > TOKENS {
            return Err(most("tokens", TOKENS));
        }
        if open > BRACKETS {
            return Err(most("brackets open at once", BRACKETS));
        }
    }
    Ok(())
}

fn skip(text: &[u8], inside: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|&byte| !inside(byte)).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

/// What is behind a string whose opening quotation mark has been read.
fn string(text: &[u8]) -> &[u8] {
    if let Some(block) = text.strip_prefix(b"\"\"") {
        let mut rest = block;
        loop {
            rest = skip(rest, |byte| byte != b'"' && byte != b'\\');
            match rest {
                [] => return rest,
                [b'"', b'"', b'"', behind @ ..] | [b'"', b'"', behind @ ..] if behind.is_empty() => return behind,
                [b'"', b'"', b'"', behind @ ..] => return behind,
                [b'\\', b'"', b'"', b'"', behind @ ..] | [_, behind @ ..] => rest = behind,
            }
        }
    }
    let mut rest = text;
    loop {
        rest = skip(rest, |byte| !matches!(byte, b'"' | b'\\' | b'\n' | b'\r'));
        match rest {
            [b'\\', _, behind @ ..] => rest = behind,
            [_, behind @ ..] => return behind,
            [] => return rest,
        }
    }
}

/// What a selection holds with every fragment in its places.
#[derive(Clone, Copy, Default)]
struct Measure {
    selections: usize,
    depth: usize,
    aliases: usize,
    roots: usize,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.roots = self.roots.saturating_add(other.roots);
    }
}

fn measure(document: &ExecutableDocument) -> Result<(), String> {
    let mut measures = Measures { document, fragments: HashMap::new() };
    let mut all = Measure::default();
    for (_, operation) in document.operations.iter() {
        let measure = measures.of(&operation.node.selection_set.node)?;
        if measure.roots > ROOTS {
            return Err(most("fields at the top of an operation", ROOTS));
        }
        all.add(measure);
    }
    for name in document.fragments.keys() {
        // Fragments that nobody uses are walked, too.
        all.selections = all.selections.saturating_add(measures.of_fragment(name)?.selections);
    }
    if all.depth > DEPTH {
        return Err(most("levels of fields", DEPTH));
    }
    if all.selections > SELECTIONS {
        return Err(most("fields and fragments, counted wherever a fragment is used", SELECTIONS));
    }
    if all.aliases > ALIASES {
        return Err(most("aliases", ALIASES));
    }
    Ok(())
}

/// The measures of fragments, each taken once: fragments that use each other twice would grow beyond all bounds.
struct Measures<'a> {
    document: &'a ExecutableDocument,
    /// None while it is being measured.
    fragments: HashMap<&'a Name, Option<Measure>>,
}

impl<'a> Measures<'a> {
    fn of(&mut self, set: &'a SelectionSet) -> Result<Measure, String> {
        let mut all = Measure::default();
        for selection in &set.items {
            all.selections = all.selections.saturating_add(1);
            all.add(match &selection.node {
                Selection::Field(field) => {
                    let inner = self.of(&field.node.selection_set.node)?;
                    Measure {
                        depth: inner.depth.saturating_add(1),
                        aliases: inner.aliases.saturating_add(usize::from(field.node.alias.is_some())),
                        roots: 1,
                        ..inner
                    }
                }
                Selection::InlineFragment(fragment) => self.of(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node)?,
            });
        }
        Ok(all)
    }

    fn of_fragment(&mut self, name: &'a Name) -> Result<Measure, String> {
        match self.fragments.get(name) {
            Some(Some(known)) => return Ok(*known),
            Some(None) => return Err(format!("The fragment `{name}` contains itself.")),
            None => {}
        }
        // Validation says which fragments are missing.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Measure::default()) };
        self.fragments.insert(name, None);
        let measure = self.of(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(measure));
        Ok(measure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Option<String> {
        parse(text).err().map(|error| error.message)
    }

    #[test]
    fn common_documents_pass() {
        for text in [
            "{ a }",
            "query Q($x: Int = 3) { a(x: $x, s: \"} \\\" {\", b: \"\"\"{{ \\\"\"\" \" {\"\"\") { b ...F } } fragment F on T { c }",
            "mutation { a } # {{{{",
            "{ a(x: [[[1]]], y: {z: -1.5e3}) @skip(if: true) { b } }",
        ] {
            assert_eq!(wrong(text), None, "{text}");
        }
    }

    #[test]
    fn deep_documents_are_refused_before_they_are_parsed() {
        let deep = |open: &str, close: &str, n: usize| format!("{{ a(x: {}1{}) }}", open.repeat(n), close.repeat(n));
        for text in [
            "{a".repeat(500_000),
            "[".repeat(1_000_000),
            deep("[", "]", 100_000),
            deep("{a:", "}", 100_000),
            format!("{}{}", "{a".repeat(100), "}".repeat(100)),
            "query($a:".to_owned() + &"[".repeat(500_000),
        ] {
            let message = wrong(&text).unwrap();
            assert!(message.contains("brackets") || message.contains("tokens"), "{message}");
        }
        let fields = |n: usize| format!("{}{}", "{a".repeat(n), "}".repeat(n));
        assert_eq!(wrong(&fields(DEPTH)), None);
        assert!(wrong(&fields(DEPTH + 1)).unwrap().contains("levels"));
    }

    #[test]
    fn wide_documents_are_refused() {
        let many = |what: &str, n: usize| format!("{{ a {{ {} }} }}", what.repeat(n));
        assert!(wrong(&many("b ", 1_500)).is_none());
        assert!(wrong(&many("b ", 2_500)).unwrap().contains("fields and fragments"));
        assert!(wrong(&many("b ", 300_000)).unwrap().contains("tokens"));
        assert!(wrong(&many("x:b ", ALIASES)).is_none());
        assert!(wrong(&many("x:b ", ALIASES + 1)).unwrap().contains("aliases"));
        let roots = |n: usize| format!("{{ {} }}", "a ".repeat(n));
        assert!(wrong(&roots(ROOTS)).is_none());
        assert!(wrong(&roots(ROOTS + 1)).unwrap().contains("top"));
        assert!(wrong(&format!("{{ ...F }} fragment F on Query {}", roots(ROOTS + 1))).unwrap().contains("top"));
    }

    #[test]
    fn fragments_that_multiply_are_measured_and_not_followed() {
        let mut text = String::from("{ ...F0 }");
        for n in 0..100 {
            text.push_str(&format!(" fragment F{n} on Query {{ ...F{0} ...F{0} }}", n + 1));
        }
        text.push_str(" fragment F100 on Query { a }");
        assert!(wrong(&text).unwrap().contains("more than"));
        for text in [
            "{ ...A } fragment A on Query { ...A }",
            "{ a } fragment A on Query { b { ...B } } fragment B on Query { c { ...A } }",
        ] {
            assert!(wrong(text).unwrap().contains("contains itself"), "{text}");
        }
    }

    #[test]
    fn the_roots_of_an_operation_are_counted_through_fragments() {
        let text = "query A { a } mutation B { x: b ...F ... on M { d } } fragment F on M { b c }";
        let document = parse(text).unwrap();
        let roots_of = |name| roots(&document, &operation(&document, Some(name)).unwrap().node);
        assert_eq!((roots_of("A"), roots_of("B")), (1, 4));
        assert!(operation(&document, Some("C")).is_none());
    }
}
