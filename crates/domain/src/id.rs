//! Identifiers that clients choose.

use crate::limits::ID_BYTES;
use crate::refusal::Refusal;

/// Checks an identifier at a JSON pointer or path parameter: 1 to [`ID_BYTES`] bytes, no control characters.
pub fn check(place: &str, id: &str) -> Result<(), Refusal> {
    match wrong(id) {
        None => Ok(()),
        Some(detail) => Err(Refusal::invalid(place, detail)),
    }
}

/// What is wrong with an identifier, if anything.
pub fn wrong(id: &str) -> Option<String> {
    if id.is_empty() || id.len() > ID_BYTES {
        Some(format!("An identifier must have 1 to {ID_BYTES} bytes."))
    } else if id.chars().any(char::is_control) {
        Some("An identifier must not contain control characters.".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn identifiers_are_short_and_printable() {
        assert!(super::check("/id", "room 1/ü").is_ok());
        for bad in ["", "a\nb", "\u{0}", &"x".repeat(256)] {
            assert!(super::check("/id", bad).is_err(), "{bad:?}");
        }
    }
}
