//! Settings that are more than a word: what they accept, and what they say when they do not.

use std::fmt;
use std::fs;
use std::str::FromStr;

use identity::KeySecrets;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

use crate::issuer::is_safe;

/// A secret from the command line, the environment or the keyboard. It is never shown; it is written out only on the control
/// socket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(secret: &str) -> Result<Self, Self::Err> {
        Ok(Self(secret.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(not shown)")
    }
}

/// The address under which clients reach the interface's root: `http` or `https`, without a trailing slash.
pub fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let wrong = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '@' | '"' | '\\');
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with(['/', ':']) && !rest.contains(wrong) => Ok(url.to_owned()),
        _ => Err("a URL such as https://api.example.com, without user, query or fragment".to_owned()),
    }
}

/// A file with the secrets that wrap stored keys.
pub fn key_secret_file(path: &str) -> Result<KeySecrets, String> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|error| format!("it cannot be read: {error}"))?;
    KeySecrets::parse(&text).map_err(|expected| format!("it should hold {expected}"))
}

/// An issuer: an https URL without query and fragment, kept as it is; http on this machine only.
pub fn issuer(text: &str) -> Result<String, String> {
    let plain = |url: &Url| url.query().is_none() && url.fragment().is_none();
    secure(text).filter(plain).map(|_| text.to_owned()).ok_or_else(|| {
        "an https URL without user, query or fragment, such as https://id.example.com (http for this machine only)"
            .to_owned()
    })
}

/// Where keys are: an https URL; http on this machine only.
pub fn jwks_url(text: &str) -> Result<String, String> {
    let known = secure(text).filter(|url| url.fragment().is_none());
    known
        .map(|_| text.to_owned())
        .ok_or_else(|| "an https URL, such as https://id.example.com/keys (http for this machine only)".to_owned())
}

fn secure(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(is_safe)?;
    let plain = url.username().is_empty() && url.password().is_none() && !text.contains(char::is_whitespace);
    plain.then_some(url)
}

/// A name that becomes a segment of URLs and a claim of tokens: letters, digits, `-` and `_`, at most 128.
pub fn word(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=128).contains(&text.len()) && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("1 to 128 letters, digits, `-` or `_`".to_owned())
    }
}

/// What the names of tables start with: letters, digits, `-`, `_` and `.` (as DynamoDB has them), at most 200.
pub fn table_prefix(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.len() <= 200 && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("at most 200 letters, digits, `-`, `_` or `.`".to_owned())
    }
}

/// A name that people choose: 1 to 128 printable characters.
pub fn label(text: &str) -> Result<String, String> {
    if (1..=128).contains(&text.chars().count()) && !text.contains(char::is_control) && text.trim() == text {
        Ok(text.to_owned())
    } else {
        Err("1 to 128 printable characters, without spaces around them".to_owned())
    }
}

/// An e-mail address, roughly; the user pool has the last word.
pub fn email(text: &str) -> Result<String, String> {
    match text.split_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() && text.len() <= 254 => Ok(text.to_owned()),
        _ => Err("an e-mail address such as admin@example.com".to_owned()),
    }
}

/// A part of the interface.
pub fn service(text: &str) -> Result<api::Service, String> {
    text.parse()
}

/// The ARN of an SNS topic.
pub fn topic(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "sns", region, account, name]
            if [partition, region, account, name].iter().all(|part| !part.is_empty()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:123456789012:events".to_owned()),
    }
}

/// A user's e-mail address, or `sub`.
pub fn user(text: &str) -> Result<String, String> {
    email(text).or_else(|_| label(text))
}

/// What is logged, as `tracing-subscriber`'s `EnvFilter` writes it: a level, and levels of modules.
pub fn log_level(text: &str) -> Result<String, String> {
    // A word alone would be taken for a module, and a misspelt level for one that does not exist.
    let mut levels = text.split(',').filter(|directive| !directive.contains(['=', '[']));
    let known = levels.all(|level| !level.trim().is_empty() && level.trim().parse::<LevelFilter>().is_ok());
    match EnvFilter::builder().parse(text) {
        Ok(_) if known => Ok(text.to_owned()),
        _ => {
            Err("a level (error, warn, info, debug, trace, off), or levels of modules such as info,store=debug"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls_are_origins_with_an_optional_path() {
        assert_eq!(public_url("https://api.example.com/Prod/").unwrap(), "https://api.example.com/Prod");
        assert_eq!(public_url("http://[::1]:8080").unwrap(), "http://[::1]:8080");
        for wrong in
            ["", "api.example.com", "ftp://a", "https://", "https:///x", "http://u@h", "http://h?x", "http://h#x"]
        {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn issuers_and_their_keys_are_reached_safely() {
        for good in [
            "https://id.example.com",
            "https://id.example.com/",
            "https://id.example.com/realms/a",
            "http://localhost:1",
        ] {
            assert_eq!(issuer(good).as_deref(), Ok(good));
            assert_eq!(jwks_url(&format!("{good}?p=a")).unwrap(), format!("{good}?p=a"));
        }
        for wrong in [
            "",
            "id.example.com",
            "http://id.example.com",
            "https://u@id.example.com",
            "https://a b",
            "https://a#b",
            "ftp://a",
        ] {
            assert!(issuer(wrong).is_err() && jwks_url(wrong).is_err(), "{wrong}");
        }
        assert!(issuer("https://id.example.com?p=a").is_err());
    }

    #[test]
    fn words_labels_addresses_and_levels_are_checked() {
        assert!(word("local_frontdesk").is_ok() && word("a/b").is_err() && word("").is_err());
        assert!(label("Front desk").is_ok() && label(" x").is_err() && label("a\nb").is_err());
        assert!(email("a@b").is_ok() && email("a").is_err() && email("@b").is_err());
        assert!(
            log_level("info,store=debug").is_ok()
                && log_level("loud").is_err()
                && log_level("info,store=loud").is_err()
                && log_level("").is_err()
        );
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Some(Secret::from("hunter2".to_owned()))), "Some((not shown))");
    }
}
