//! The rules. Each returns what is broken, as `path:line: what`.

use crate::{lexer, size};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;
const HANDLER_LINES: usize = 25;
const HANDLERS: &str = "crates/api/src/routes/";
const DRAWERS: [&str; 9] = ["util", "utils", "utility", "utilities", "helper", "helpers", "common", "commons", "misc"];
/// Spelled in two parts, so that this file keeps its own rules.
const CODE_WORDS: [(&str, &str); 6] = [
    (concat!("todo", "!("), "finish it"),
    (concat!("unimplemented", "!("), "finish it"),
    (concat!("dbg", "!("), "remove it"),
    (concat!("#[", "ignore"), "a test runs or is deleted"),
    (concat!("#[", "allow("), "use `expect` with a reason"),
    (concat!("#![", "allow("), "use `expect` with a reason"),
];
const TEXT_WORDS: [&str; 2] = [concat!("FIX", "ME"), concat!("XX", "X")];
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/t", "mp/")];
const AMOUNTS: [&str; 3] = ["price", "amount", "total"];

/// What the file breaks.
pub(crate) fn check(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut report = |line: usize, what: &str| broken.push(format!("{path}:{line}: {what}"));
    name(path, &mut report);
    plain_text(text, &mut report);
    if path.ends_with(".rs") {
        rust(path, text, &mut report);
    }
    broken
}

fn name(path: &str, report: &mut impl FnMut(usize, &str)) {
    let stems = path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    for stem in stems.filter(|stem| DRAWERS.contains(stem)) {
        report(1, &format!("`{stem}` says nothing; name the module by what is in it"));
    }
}

fn plain_text(text: &str, report: &mut impl FnMut(usize, &str)) {
    for (line, content) in (1..).zip(text.lines()) {
        for word in TEXT_WORDS.into_iter().filter(|word| has_word(content, word)) {
            report(line, &format!("`{word}`: finish it, or describe it without the mark"));
        }
        for path in MACHINE_PATHS.into_iter().filter(|path| names_path(content, path)) {
            report(line, &format!("`{path}` is a path of some machine"));
        }
    }
}

fn rust(path: &str, text: &str, report: &mut impl FnMut(usize, &str)) {
    if !text.starts_with("//! ") {
        report(1, "the first line must say what the module is for (`//! …`)");
    }
    let code = lexer::code(text);
    let lines = size::lines(&code);
    if lines > FILE_LINES {
        report(1, &format!("{lines} lines of code; {FILE_LINES} are allowed in a file"));
    }
    let bound = if path.starts_with(HANDLERS) { HANDLER_LINES } else { FUNCTION_LINES };
    for function in size::functions(&code).iter().filter(|function| function.lines > bound) {
        report(function.line, &format!("`{}` has {} lines; {bound} are allowed", function.name, function.lines));
    }
    code_words(&code, report);
    sleeping(path, &code, report);
}

fn code_words(code: &str, report: &mut impl FnMut(usize, &str)) {
    for (line, content) in (1..).zip(code.lines()) {
        for (word, advice) in CODE_WORDS.into_iter().filter(|(word, _)| content.contains(word)) {
            report(line, &format!("`{word}`: {advice}"));
        }
        if is_float_amount(content) {
            report(line, "money is decimal, never a float");
        }
    }
}

fn sleeping(path: &str, code: &str, report: &mut impl FnMut(usize, &str)) {
    let tests_from = if path.contains("/tests/") || path.starts_with("crates/testkit/") {
        Some(0)
    } else {
        code.lines().position(|line| line.contains("#[cfg(test)]"))
    };
    let Some(from) = tests_from else { return };
    let sleeps = |content: &str| {
        let at = content.find(concat!("sle", "ep("));
        at.is_some_and(|at| content[at..].contains("Duration"))
    };
    for (line, _) in (1..).zip(code.lines()).skip(from).filter(|(_, content)| sleeps(content)) {
        report(line, "a test waits for the event, not for the clock");
    }
}

fn has_word(content: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    content
        .match_indices(word)
        .any(|(at, _)| !content[..at].ends_with(part) && !content[at + word.len()..].starts_with(part))
}

/// Whether the path starts there; behind a name, a dot or a placeholder it is a part of some other path or address.
fn names_path(content: &str, path: &str) -> bool {
    let longer = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '/' | '*' | '~');
    content.match_indices(path).any(|(at, _)| !content[..at].ends_with(longer))
}

fn is_float_amount(content: &str) -> bool {
    let float = |kind: &str| has_word(kind, "f32") || has_word(kind, "f64");
    let mut parts = content.split(':').map(str::trim);
    let Some(mut name) = parts.next() else {
        return false;
    };
    for kind in parts {
        let of_money =
            name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_lowercase();
        if AMOUNTS.iter().any(|amount| of_money.contains(amount)) && float(kind.split(',').next().unwrap_or_default()) {
            return true;
        }
        name = kind;
    }
    false
}

#[test]
fn a_good_file_passes() {
    let text = "//! Good.\n\n// a comment with price: f64 and todo!()\nfn f() -> &'static str { \"dbg!(\" }\n";
    assert_eq!(check("crates/domain/src/good.rs", text), Vec::<String>::new());
}

#[test]
fn every_rule_can_fail() {
    let path = "crates/domain/src/x.rs";
    for (word, _) in CODE_WORDS {
        assert_eq!(check(path, &format!("//! A.\n{word}")).len(), 1, "{word}");
    }
    for word in TEXT_WORDS {
        assert_eq!(check("notes.md", &format!("a {word} b")).len(), 1, "{word}");
        assert_eq!(check("notes.md", &format!("a{word}b")).len(), 0, "{word}");
    }
    for machine in MACHINE_PATHS {
        assert_eq!(check("notes.md", &format!("in `{machine}main`")).len(), 1, "{machine}");
        assert_eq!(check("notes.md", &format!("at http://host{machine}main")).len(), 0, "{machine}");
    }
    for drawer in DRAWERS {
        assert_eq!(check(&format!("crates/app/src/{drawer}.rs"), "//! A.\n").len(), 1, "{drawer}");
        assert_eq!(check(&format!("crates/app/src/{drawer}/a.rs"), "//! A.\n").len(), 1, "{drawer}");
    }
    assert_eq!(check(path, "fn f() {}\n").len(), 1);
}

#[test]
fn sizes_are_bounded() {
    let body = |lines: usize| format!("//! A.\nfn f() {{\n{}}}\n", "    a();\n".repeat(lines));
    assert!(check("crates/app/src/a.rs", &body(FUNCTION_LINES)).is_empty());
    assert_eq!(check("crates/app/src/a.rs", &body(FUNCTION_LINES + 1)).len(), 1);
    assert!(check("crates/api/src/routes/a.rs", &body(HANDLER_LINES)).is_empty());
    assert_eq!(check("crates/api/src/routes/a.rs", &body(HANDLER_LINES + 1)).len(), 1);
    let file = |lines: usize| format!("//! A.\n{}", "use a;\n\n// b\n".repeat(lines));
    assert!(check("crates/app/src/a.rs", &file(FILE_LINES)).is_empty());
    assert_eq!(check("crates/app/src/a.rs", &file(FILE_LINES + 1)).len(), 1);
}

#[test]
fn money_is_no_float() {
    for code in ["totalAmount: f64,", "pub price: Option<f32>,", "fn f(id: u8, total_amount: f64) {"] {
        assert!(is_float_amount(code), "{code}");
    }
    for code in ["ratio: f64,", "price: Decimal, ratio: f64", "total: u64, share: f32", "a::price::b(f64)"] {
        assert!(!is_float_amount(code), "{code}");
    }
}

#[test]
fn tests_do_not_sleep() {
    let code =
        format!("//! A.\nfn f() {{ tokio::time::{}std::time::Duration::from_secs(1)) }}\n", concat!("sle", "ep("));
    assert_eq!(check("crates/api/tests/it/a.rs", &code).len(), 1);
    assert_eq!(check("crates/testkit/src/a.rs", &code).len(), 1);
    assert!(check("crates/frontdesk/src/a.rs", &code).is_empty());
    let inside = code.replace("//! A.", "//! A.\n#[cfg(test)]");
    assert_eq!(check("crates/frontdesk/src/a.rs", &inside).len(), 1);
}
