//! Cryptographic randomness: keys, salts, refresh tokens and generated passwords.
//!
//! The one place of the product's libraries that draws randomness itself. Identifiers are arguments elsewhere so that tests can
//! choose them; a secret that could be chosen would be none.

use aws_lc_rs::rand;

use crate::error::PoolError;

/// Random bytes from the operating system's generator (by way of AWS-LC).
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], PoolError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| PoolError::Crypto("the random generator failed"))?;
    Ok(bytes)
}

/// Random characters of an alphabet of at most 256 ASCII characters, each as likely as any other.
pub(crate) fn text(alphabet: &[u8], length: usize) -> Result<String, PoolError> {
    let mut text = String::with_capacity(length);
    // Bytes of the last, incomplete round of the alphabet would favour its beginning.
    let fair = 256_usize.saturating_sub(256_usize.checked_rem(alphabet.len()).unwrap_or(0));
    while text.len() < length {
        for byte in bytes::<64>()?.map(usize::from) {
            let letter = byte.checked_rem(alphabet.len()).and_then(|index| alphabet.get(index));
            match letter {
                Some(letter) if byte < fair && text.len() < length => text.push(char::from(*letter)),
                Some(_) => {}
                None => return Err(PoolError::Crypto("an empty alphabet")),
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_length_and_the_alphabet_asked_for() {
        let text = text(b"abc", 500).unwrap();
        assert_eq!(text.len(), 500);
        for letter in ["a", "b", "c"] {
            assert!(text.matches(letter).count() > 100, "{text}");
        }
        assert!(super::text(b"", 1).is_err());
    }

    #[test]
    fn bytes_differ() {
        assert_ne!(bytes::<32>().unwrap(), bytes::<32>().unwrap());
    }
}
