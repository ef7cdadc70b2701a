//! What Cognito answers, in the words of the embedded pool.

use std::collections::BTreeMap;

use aws_sdk_cognitoidentityprovider::primitives::DateTime;
use aws_sdk_cognitoidentityprovider::types::{AuthenticationResultType, UserStatusType, UserType};
use identity::{Account, PoolError, Status, Tokens};
use jiff::Timestamp;

/// A user with these groups.
pub(super) fn account(user: &UserType, mut groups: Vec<String>) -> Result<Account, PoolError> {
    groups.sort_unstable();
    let named = user.attributes().iter().filter_map(|one| Some((one.name().to_owned(), one.value()?.to_owned())));
    let mut attributes: BTreeMap<String, String> = named.collect();
    let sub = attributes.remove("sub");
    let sub = sub.ok_or_else(|| PoolError::Remote("Cognito tells of a user without a `sub`.".to_owned()))?;
    let email_verified = attributes.remove("email_verified").is_some_and(|verified| verified == "true");
    let email = attributes.remove("email");
    Ok(Account {
        sub,
        email: email.or_else(|| user.username().map(str::to_owned)).unwrap_or_default(),
        email_verified,
        status: status(user.user_status()),
        enabled: user.enabled(),
        groups,
        attributes,
        created: time(user.user_create_date()),
        modified: time(user.user_last_modified_date()),
    })
}

fn status(status: Option<&UserStatusType>) -> Status {
    match status {
        Some(UserStatusType::Confirmed | UserStatusType::ExternalProvider) => Status::Confirmed,
        Some(UserStatusType::ForceChangePassword | UserStatusType::ResetRequired) => Status::ForceChangePassword,
        _ => Status::Unconfirmed,
    }
}

fn time(time: Option<&DateTime>) -> Timestamp {
    time.and_then(|time| Timestamp::from_second(time.secs()).ok()).unwrap_or_default()
}

/// The tokens of a sign-in; an error when it is not done with the password.
pub(super) fn tokens(result: Option<AuthenticationResultType>, challenge: Option<String>) -> Result<Tokens, PoolError> {
    let unfinished = || {
        let asked = challenge.as_deref().unwrap_or("more");
        PoolError::NotAuthorized(format!(
            "The password is not all that Cognito asks for ({asked}); sign in by your app."
        ))
    };
    let result = result.ok_or_else(unfinished)?;
    Ok(Tokens {
        id_token: result.id_token.ok_or_else(unfinished)?,
        access_token: result.access_token.ok_or_else(unfinished)?,
        refresh_token: result.refresh_token,
        expires_in: result.expires_in.into(),
    })
}
