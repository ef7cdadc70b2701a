//! Sizes of files and functions, in lines that hold code.

/// A function's name, the line it starts in (from 1), and the code lines of its body.
#[derive(Debug, PartialEq)]
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

/// The lines that hold anything.
pub(crate) fn lines(code: &str) -> usize {
    code.lines().filter(|line| !line.trim().is_empty()).count()
}

/// The functions that have a body, nested ones too; the code is as [`crate::lexer::code`] returns it.
pub(crate) fn functions(code: &str) -> Vec<Function<'_>> {
    let starts = code.match_indices("fn ").map(|(at, _)| at);
    let whole = starts.filter(|&at| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    whole.filter_map(|at| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function<'_>> {
    let after = &code[at + "fn ".len()..];
    let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())?;
    let body = body(after)?;
    Some(Function { name, line: 1 + code[..at].matches('\n').count(), lines: lines(body) })
}

/// What is between the braces of the first body behind the signature.
fn body(signature: &str) -> Option<&str> {
    let mut brackets = 0_usize;
    for (at, c) in signature.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.checked_sub(1)?,
            ';' if brackets == 0 => return None,
            '{' if brackets == 0 => return Some(braced(&signature[at + 1..])),
            _ => {}
        }
    }
    None
}

fn braced(inside: &str) -> &str {
    let mut depth = 1_usize;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &inside[..at];
        }
    }
    inside
}

#[test]
fn bodies_are_counted_without_blanks() {
    let code = "trait T { fn none(&self); }\nfn one(a: [u8; 2])\n-> u8\n{\n\n  a[0]\n}\nfn two() {\n  fn inner() { x }\n  y\n}";
    let expected = [
        Function { name: "one", line: 2, lines: 1 },
        Function { name: "two", line: 8, lines: 2 },
        Function { name: "inner", line: 9, lines: 1 },
    ];
    assert_eq!(functions(code), expected);
}
