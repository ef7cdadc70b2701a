//! Accounts, groups and tokens as Cognito shows them.

use jiff::Timestamp;
use serde_json::{Map, Number, Value, json};

use crate::pool::{Account, Group};
use crate::token::Tokens;

/// Epoch seconds with milliseconds. Written as decimal text: no float is involved.
pub(super) fn date(time: Timestamp) -> Value {
    let milliseconds = time.as_millisecond().max(0);
    let (seconds, rest) = (milliseconds.div_euclid(1_000), milliseconds.rem_euclid(1_000));
    Value::Number(Number::from_string_unchecked(format!("{seconds}.{rest:03}")))
}

/// The attributes as Cognito lists them; only those of `wanted`, unless that is empty.
pub(super) fn attributes(account: &Account, wanted: &[&str]) -> Value {
    let verified = account.email_verified.to_string();
    let own = [("sub", account.sub.as_str()), ("email", &account.email), ("email_verified", &verified)];
    let others = account.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.into_iter()
        .chain(others)
        .filter(|(name, _)| wanted.is_empty() || wanted.contains(name))
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect()
}

/// An account; its attributes are called `Attributes` in lists and `UserAttributes` on their own.
pub(super) fn user(account: &Account, attributes_name: &str, wanted: &[&str]) -> Value {
    let mut user = Map::new();
    user.insert("Username".to_owned(), json!(account.sub));
    user.insert(attributes_name.to_owned(), attributes(account, wanted));
    user.insert("UserCreateDate".to_owned(), date(account.created));
    user.insert("UserLastModifiedDate".to_owned(), date(account.modified));
    user.insert("Enabled".to_owned(), json!(account.enabled));
    user.insert("UserStatus".to_owned(), json!(account.status));
    Value::Object(user)
}

/// A group.
pub(super) fn group(group: &Group, pool_id: &str) -> Value {
    let mut value = json!({
        "GroupName": group.name,
        "UserPoolId": pool_id,
        "CreationDate": date(group.created),
        "LastModifiedDate": date(group.created),
    });
    if let Some(members) = value.as_object_mut() {
        members.extend(group.description.as_ref().map(|text| ("Description".to_owned(), json!(text))));
        members.extend(group.precedence.map(|number| ("Precedence".to_owned(), json!(number))));
    }
    value
}

/// The result of signing in.
pub(super) fn authentication(tokens: &Tokens) -> Value {
    let mut result = json!({
        "AccessToken": tokens.access_token,
        "IdToken": tokens.id_token,
        "ExpiresIn": tokens.expires_in,
        "TokenType": "Bearer",
    });
    if let (Some(members), Some(token)) = (result.as_object_mut(), &tokens.refresh_token) {
        members.insert("RefreshToken".to_owned(), json!(token));
    }
    json!({"AuthenticationResult": result, "ChallengeParameters": {}})
}
