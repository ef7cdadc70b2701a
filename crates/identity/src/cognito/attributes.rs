//! `UserAttributes` of accounts that are being created.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fault::Fault;
use super::input::Input;

/// Characters of an attribute's value (Cognito's bound).
const VALUE_CHARACTERS: usize = 2_048;
/// Attributes of one account.
const ATTRIBUTES: usize = 50;
/// Bytes of all of them as JSON. They are repeated in every ID token, which travels in a header.
const ATTRIBUTES_BYTES: usize = 8 * 1024;

/// OpenID Connect's standard claims (Core 1.0, section 5.1) that an account can have besides its e-mail address.
const STANDARD: [&str; 16] = [
    "address",
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The attributes of a new account.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// What `email_verified` says, if it is there.
    pub(super) email_verified: Option<bool>,
    /// The others, except `email`.
    pub(super) others: BTreeMap<String, String>,
}

/// Who sets the attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The user, at sign-up.
    User,
    /// An administrator.
    Administrator,
}

impl Attributes {
    /// Reads and checks `UserAttributes`. An `email` among them must be the username.
    pub(super) fn read(input: &Input, username: &str, by: By) -> Result<Self, Fault> {
        let mut attributes = Self::default();
        for item in input.array("UserAttributes")? {
            let (name, value) = pair(item)?;
            match name {
                "email" if value.to_lowercase() == username.to_lowercase() => {}
                "email" => return Err(Fault::invalid("The attribute email must be the same as Username.")),
                "email_verified" if by == By::Administrator => attributes.email_verified = Some(flag(value)?),
                "sub" | "email_verified" | "phone_number_verified" | "identities" => return Err(unauthorized(name)),
                name if name.starts_with("cognito:") => return Err(unauthorized(name)),
                name if STANDARD.contains(&name) || is_custom(name) => {
                    attributes.others.insert(name.to_owned(), value.to_owned());
                }
                name => return Err(Fault::invalid(format!("Attributes did not conform to the schema: {name:?}"))),
            }
        }
        if attributes.others.len() > ATTRIBUTES {
            return Err(Fault::invalid(format!("An account can have {ATTRIBUTES} attributes at most.")));
        }
        if json!(attributes.others).to_string().len() > ATTRIBUTES_BYTES {
            let rule = format!("An account's attributes can have {ATTRIBUTES_BYTES} bytes in all at most.");
            return Err(Fault::invalid(rule));
        }
        Ok(attributes)
    }
}

fn pair(item: &Value) -> Result<(&str, &str), Fault> {
    let wrong = || Fault::serialization("UserAttributes must be a list of {\"Name\":…,\"Value\":…}.");
    let name = item.get("Name").and_then(Value::as_str).ok_or_else(wrong)?;
    let value = match item.get("Value") {
        None | Some(Value::Null) => "",
        Some(value) => value.as_str().ok_or_else(wrong)?,
    };
    if value.chars().count() > VALUE_CHARACTERS {
        return Err(Fault::invalid(format!("The attribute {name} has more than {VALUE_CHARACTERS} characters.")));
    }
    Ok((name, value))
}

fn flag(value: &str) -> Result<bool, Fault> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Fault::invalid("The attribute email_verified must be true or false.")),
    }
}

fn is_custom(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    name.strip_prefix("custom:").is_some_and(|name| (1..=20).contains(&name.len()) && name.chars().all(letter))
}

fn unauthorized(name: &str) -> Fault {
    Fault::not_authorized(format!("A client attempted to write unauthorized attribute {name}"))
}
