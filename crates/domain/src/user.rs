//! Profiles of users: the client's own JSON object with `userid` and `timestamp` set by the server.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::limits::NAME_BYTES;
use crate::refusal::Refusal;
use crate::{id, time};

/// A profile as it is stored and shown.
pub type Profile = Map<String, Value>;

/// Checks a client's profile. `userid` may be among its members; see [`chosen_id`].
pub fn check(profile: &Profile) -> Result<(), Refusal> {
    let mut fields = Fields::new(profile.clone());
    if profile.get("name").is_some_and(Value::is_null) {
        fields.wrong("name", "must be a non-empty string when present");
    }
    fields.filled_text("name", NAME_BYTES);
    fields.finish().map(drop)
}

/// The identifier that the client chose for a new profile, if any.
pub fn chosen_id(profile: &Profile) -> Result<Option<String>, Refusal> {
    match profile.get("userid") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(userid)) => id::check("/userid", userid).map(|()| Some(userid.clone())),
        Some(_) => Err(Refusal::invalid("/userid", "must be a string")),
    }
}

/// The profile with what the server decides.
pub fn stamp(mut profile: Profile, userid: &str, now: Timestamp) -> Profile {
    profile.insert("userid".to_owned(), Value::String(userid.to_owned()));
    profile.insert("timestamp".to_owned(), Value::String(time::timestamp(now)));
    profile
}

/// The profile of a new account; `name` when the account has one.
pub fn profile(userid: &str, name: Option<&str>, now: Timestamp) -> Profile {
    let name = name.filter(|name| !name.trim().is_empty() && name.len() <= NAME_BYTES);
    let members = name.map(|name| ("name".to_owned(), Value::String(name.to_owned()))).into_iter().collect();
    stamp(members, userid, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Profile {
        crate::json::object(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_server_decides_id_and_time_and_keeps_the_rest() {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let stored = stamp(parsed(r#"{"userid":"x","timestamp":"y","name":"N","more":1.5}"#), "me", now);
        let text = serde_json::to_string(&stored).unwrap();
        assert_eq!(text, r#"{"userid":"me","timestamp":"2026-01-02T03:04:05.000Z","name":"N","more":1.5}"#);
    }

    #[test]
    fn a_name_is_a_non_empty_string() {
        for text in [r#"{"name":""}"#, r#"{"name":1}"#, r#"{"name":null}"#] {
            assert!(check(&parsed(text)).is_err(), "{text}");
        }
        assert!(check(&parsed("{}")).is_ok());
        assert!(chosen_id(&parsed(r#"{"userid":7}"#)).is_err());
    }
}
