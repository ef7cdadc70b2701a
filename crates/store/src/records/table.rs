//! Which tables there are, and their keys.

use std::fmt;
use std::str::FromStr;

/// A table of the operator's own: its exact name and the attributes of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsTable {
    /// The name, as DynamoDB has it: 3 to 255 letters, digits, `_`, `-` and `.`.
    pub name: String,
    /// The partition key.
    pub partition: KeyAttribute,
    /// The sort key, if any.
    pub sort: Option<KeyAttribute>,
}

/// An attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// The kind of its values.
    pub kind: KeyKind,
}

/// What the values of a key's attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Strings.
    S,
    /// Numbers.
    N,
    /// Bytes.
    B,
}

impl KeyKind {
    /// DynamoDB's letter for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }
}

/// What is wrong with the text of a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}; a table is written name:pk or name:pk:sk, and =N or =B behind a key's name makes it a number or bytes")]
pub struct InvalidTable(String);

/// Reads `name:pk[:sk]`.
impl RecordsTable {
    /// Whether an attribute of that name is part of the key.
    pub(crate) fn is_key(&self, name: &str) -> bool {
        std::iter::once(&self.partition).chain(&self.sort).any(|key| key.name == name)
    }
}

impl FromStr for RecordsTable {
    type Err = InvalidTable;

    fn from_str(text: &str) -> Result<Self, InvalidTable> {
        let mut parts = text.split(':');
        let (name, partition) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let sort = parts.next().map(KeyAttribute::read).transpose()?;
        if parts.next().is_some() {
            return Err(InvalidTable(format!("`{text}` has more than two keys")));
        }
        let named = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if !(3..=255).contains(&name.len()) || !name.bytes().all(named) {
            return Err(InvalidTable(format!(
                "`{name}` is no name of a table (3 to 255 letters, digits, `_`, `-` and `.`)"
            )));
        }
        let partition = KeyAttribute::read(partition)?;
        if sort.as_ref().is_some_and(|sort| sort.name == partition.name) {
            return Err(InvalidTable(format!("`{text}` has the same attribute twice")));
        }
        Ok(Self { name: name.to_owned(), partition, sort })
    }
}

impl KeyAttribute {
    fn read(text: &str) -> Result<Self, InvalidTable> {
        let (name, kind) = match text.rsplit_once('=') {
            None => (text, KeyKind::S),
            Some((name, "S")) => (name, KeyKind::S),
            Some((name, "N")) => (name, KeyKind::N),
            Some((name, "B")) => (name, KeyKind::B),
            Some(_) => return Err(InvalidTable(format!("`{text}` is of none of the kinds S, N and B"))),
        };
        if (1..=255).contains(&name.len()) {
            return Ok(Self { name: name.to_owned(), kind });
        }
        Err(InvalidTable(format!("`{name}` is no name of a key (1 to 255 bytes)")))
    }
}

/// The text that it is read from.
impl fmt::Display for RecordsTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        std::iter::once(&self.partition).chain(&self.sort).try_for_each(|key| match key.kind {
            KeyKind::S => write!(formatter, ":{}", key.name),
            kind => write!(formatter, ":{}={}", key.name, kind.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_written() {
        for text in ["lambda-apigateway:id", "notes:owner:at=N", "a.b_c:k=B:s"] {
            assert_eq!(text.parse::<RecordsTable>().unwrap().to_string(), text);
        }
        assert_eq!("abc:id=S".parse::<RecordsTable>().unwrap().to_string(), "abc:id");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for text in [
            "",
            "abc",
            "ab:id",
            "abc:",
            "abc:id:",
            "abc:id:id",
            "abc:a:b:c",
            "abc:id=X",
            "a/c:id",
            "arn:aws:dynamodb:us-east-1:1:table",
        ] {
            assert!(text.parse::<RecordsTable>().is_err(), "{text}");
        }
    }
}
