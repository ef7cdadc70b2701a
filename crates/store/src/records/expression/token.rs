//! The words and signs of an expression, and how DynamoDB points at the one it cannot read.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a function.
    Word,
    /// `#name`.
    Name,
    /// `:value`.
    Value,
    /// A whole number behind `[`: `0`, or what begins with another digit.
    Number,
    /// An operator or a bracket.
    Sign,
    /// A character that no expression has.
    Unreadable,
}

/// A token, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    start: usize,
}

impl Token<'_> {
    /// Whether it is this word, in whichever letters.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this sign.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    fn end(&self) -> usize {
        self.start.saturating_add(self.text.len())
    }
}

/// The tokens of a text, up to its end.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
        let in_brackets = tokens.last().is_some_and(|token: &Token<'_>| token.is_sign("["));
        let Some((kind, length)) = next(rest, in_brackets) else { return tokens };
        let (token, behind) = rest.split_at(length);
        tokens.push(Token { kind, text: token, start: text.len().saturating_sub(rest.len()) });
        rest = behind;
    }
}

/// The kind and the length of the token that a text begins with.
fn next(text: &str, in_brackets: bool) -> Option<(Kind, usize)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let behind = characters.as_str();
    let letters = |text: &str| text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    Some(match first {
        '#' | ':' if letters(behind) == 0 => (Kind::Unreadable, 1),
        '#' => (Kind::Name, letters(behind).saturating_add(1)),
        ':' => (Kind::Value, letters(behind).saturating_add(1)),
        'a'..='z' | 'A'..='Z' | '_' => (Kind::Word, letters(text)),
        '0' if in_brackets => (Kind::Number, 1),
        '1'..='9' if in_brackets => (Kind::Number, text.bytes().take_while(u8::is_ascii_digit).count()),
        '<' if behind.starts_with(['>', '=']) => (Kind::Sign, 2),
        '>' if behind.starts_with('=') => (Kind::Sign, 2),
        '<' | '>' | '=' | '+' | '-' | '(' | ')' | '[' | ']' | '.' | ',' => (Kind::Sign, 1),
        other => (Kind::Unreadable, other.len_utf8()),
    })
}

/// The syntax error at the token of this index, or at the end: it shows the token with its neighbours as they are written.
pub(super) fn syntax_error(text: &str, tokens: &[Token<'_>], at: usize) -> String {
    let Some(token) = tokens.get(at) else {
        let near = tokens.last().map_or(text, |last| last.text);
        return format!(r#"Syntax error; token: "<EOF>", near: "{near}""#);
    };
    let before = at.checked_sub(1).and_then(|before| tokens.get(before)).unwrap_or(token);
    let after = at.checked_add(1).and_then(|after| tokens.get(after)).unwrap_or(token);
    let near = text.get(before.start..after.end()).unwrap_or_default();
    format!(r#"Syntax error; token: "{}", near: "{near}""#, token.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_tokens() {
        let read = |text: &'static str| tokens(text).iter().map(|t| (t.kind, t.text)).collect::<Vec<_>>();
        assert_eq!(
            read(" a.#b[10]<>:c\t"),
            [
                (Kind::Word, "a"),
                (Kind::Sign, "."),
                (Kind::Name, "#b"),
                (Kind::Sign, "["),
                (Kind::Number, "10"),
                (Kind::Sign, "]"),
                (Kind::Sign, "<>"),
                (Kind::Value, ":c"),
            ]
        );
        assert_eq!(read("[ 07"), [(Kind::Sign, "["), (Kind::Number, "0"), (Kind::Unreadable, "7")]);
        assert_eq!(read("#é"), [(Kind::Unreadable, "#"), (Kind::Unreadable, "é")]);
        assert_eq!(read(" \n"), []);
    }

    #[test]
    fn an_error_shows_the_token_and_its_neighbours() {
        let error = |text: &str, at| syntax_error(text, &tokens(text), at);
        assert_eq!(error("a ! b", 1), r#"Syntax error; token: "!", near: "a ! b""#);
        assert_eq!(error("= :v", 0), r#"Syntax error; token: "=", near: "= :v""#);
        assert_eq!(error("a =", 2), r#"Syntax error; token: "<EOF>", near: "=""#);
        assert_eq!(error("\t\n", 0), "Syntax error; token: \"<EOF>\", near: \"\t\n\"");
    }
}
