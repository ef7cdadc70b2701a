//! Just enough of Rust's lexical grammar to tell code from comments and literals.

/// The source with every comment blanked and the inside of every literal replaced by `_`; the same lines, so that line numbers hold.
pub(crate) fn code(source: &str) -> String {
    let mut lexer = Lexer { rest: source, code: String::with_capacity(source.len()) };
    while !lexer.rest.is_empty() {
        lexer.token();
    }
    lexer.code
}

struct Lexer<'a> {
    rest: &'a str,
    code: String,
}

impl Lexer<'_> {
    fn token(&mut self) {
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if let Some(length) = literal(self.rest) {
            self.literal(length);
        } else if self.rest.starts_with(word) {
            let end = self.rest.find(|c| !word(c)).unwrap_or(self.rest.len());
            self.copy(end);
        } else {
            self.copy(self.rest.chars().next().map_or(0, char::len_utf8));
        }
    }

    fn copy(&mut self, length: usize) {
        let (token, rest) = self.rest.split_at(length);
        self.code.push_str(token);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (comment, rest) = self.rest.split_at(length);
        self.code.extend(comment.chars().filter(|&c| c == '\n'));
        self.rest = rest;
    }

    fn literal(&mut self, length: usize) {
        let (literal, rest) = self.rest.split_at(length);
        self.code.extend(literal.chars().map(|c| if c.is_whitespace() { c } else { '_' }));
        self.rest = rest;
    }
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the block comment, which may nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of the string, byte string, raw string or character at the start, if there is one.
fn literal(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = text.strip_prefix(prefix);
        after.is_some_and(|after| {
            let hashes = after.trim_start_matches('#');
            let raw = prefix.ends_with('r');
            hashes.starts_with('"') && (raw || hashes.len() == after.len()) || *prefix == "b" && after.starts_with('\'')
        })
    });
    let Some(prefix) = prefix else {
        return character(text);
    };
    let after = &text[prefix.len()..];
    if after.starts_with('\'') {
        return character(after).map(|length| length + prefix.len());
    }
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = &after[hashes + 1..];
    let length = if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        inside.find(&end).map_or(inside.len(), |at| at + end.len())
    } else {
        escaped(inside, '"')
    };
    Some(prefix.len() + hashes + 1 + length)
}

/// The length of the character literal at the start; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let closed = inside[first.len_utf8()..].starts_with('\'');
    (first == '\\' || closed).then(|| 1 + escaped(inside, '\''))
}

/// The length up to and with the closing quote; a backslash hides the character after it.
fn escaped(inside: &str, quote: char) -> usize {
    let mut characters = inside.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == quote {
            return at + 1;
        }
    }
    inside.len()
}

#[test]
fn comments_are_blanked_and_lines_kept() {
    assert_eq!(code("a // b\nc /* d\n/* e */ f */ g"), "a \nc \n g");
    assert_eq!(code("//! only this"), "");
}

#[test]
fn literals_hide_what_is_inside() {
    let source = r##"x("{ // \" }", r#"}"{"#, b'{', '\'', 'ä')"##;
    assert_eq!(code(source), "x(__ __ __ __, ________, ____, ____, ___)");
    assert_eq!(code("fn f<'a>(x: &'a str) {}"), "fn f<'a>(x: &'a str) {}");
    assert_eq!(code("r#type { bar\"s\" }"), "r#type { bar___ }");
}
