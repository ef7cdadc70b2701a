//! The rules for passwords (Cognito's defaults) and passwords made up by the product.

use zeroize::Zeroizing;

use crate::entropy;
use crate::error::PoolError;

const LEAST_CHARACTERS: usize = 8;
const MOST_CHARACTERS: usize = 256;
const GENERATED_CHARACTERS: usize = 20;

const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
const DIGITS: &[u8] = b"23456789";
const SYMBOLS: &[u8] = b"-_.+=@#%";

/// Checks a new password and names every rule that it breaks.
pub(crate) fn check(password: &str) -> Result<(), PoolError> {
    let length = password.chars().count();
    let has = |kind: fn(&char) -> bool| password.chars().any(|letter| kind(&letter));
    let inner_space = password.trim_matches(' ').contains(' ');
    let rules = [
        (length >= LEAST_CHARACTERS, "Password not long enough (8 characters at least)"),
        (length <= MOST_CHARACTERS, "Password too long (256 characters at most)"),
        (has(char::is_ascii_uppercase), "Password must have uppercase characters"),
        (has(char::is_ascii_lowercase), "Password must have lowercase characters"),
        (has(char::is_ascii_digit), "Password must have numeric characters"),
        (has(char::is_ascii_punctuation) || inner_space, "Password must have symbol characters"),
    ];
    let broken: Vec<_> = rules.into_iter().filter_map(|(kept, rule)| (!kept).then_some(rule)).collect();
    if broken.is_empty() { Ok(()) } else { Err(PoolError::InvalidPassword(broken.join("; "))) }
}

/// A random password that keeps the rules: 20 characters, none of which is easily mistaken for another.
pub fn generate() -> Result<Zeroizing<String>, PoolError> {
    let all = [UPPER, LOWER, DIGITS, SYMBOLS].concat();
    loop {
        let password = Zeroizing::new(entropy::text(&all, GENERATED_CHARACTERS)?);
        // Nine in ten pass; drawing again keeps every password that does equally likely.
        if check(&password).is_ok() && !password.starts_with('-') {
            return Ok(password);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_rule_is_named() {
        let message = check("").unwrap_err().to_string();
        for part in ["long enough", "uppercase", "lowercase", "numeric", "symbol"] {
            assert!(message.contains(part), "{message}");
        }
        let message = check("Password1").unwrap_err().to_string();
        assert_eq!(message, "Password did not conform with policy: Password must have symbol characters");
        assert!(check(&format!("Aa1!{}", "x".repeat(252))).is_ok());
        assert!(check(&format!("Aa1!{}", "x".repeat(253))).is_err());
    }

    #[test]
    fn good_passwords_pass() {
        for password in ["Passw0rd!", "Aa1 long enough", "Ünï-Cod3x"] {
            assert!(check(password).is_ok(), "{password}");
        }
        assert!(check(" Passw0rd ").is_err(), "a space at an end is no symbol");
    }

    #[test]
    fn generated_passwords_keep_the_rules_and_differ() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(*one, *other);
        assert!(check(&one).is_ok() && one.len() == GENERATED_CHARACTERS);
    }
}
