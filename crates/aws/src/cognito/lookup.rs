//! Whom a text names. Any text may be somebody's username, and anybody may claim an address; neither makes them whom the text means.

use aws_sdk_cognitoidentityprovider::operation::admin_get_user::AdminGetUserOutput;
use aws_sdk_cognitoidentityprovider::types::UserType;
use identity::PoolError;

use super::fault::Context;
use super::{Named, PAGE, UserPool};

/// Pages of accounts with the same address that are looked at.
const PAGES: usize = 10;

/// What an account has to do with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// The text is its `sub`, or its verified e-mail address.
    Good,
    /// The text is the address that it says it has.
    Unverified,
    None,
}

impl UserPool {
    /// The user of an e-mail address that Cognito has verified, or of a `sub`. Refused where several have the address, or only such
    /// as have not shown that it is theirs.
    pub(super) async fn look_up(&self, text: &str) -> Result<Option<Named>, PoolError> {
        let direct = self.get(text).await?;
        let mut users = self.search(text).await?;
        // The search may not know yet of an account that is there.
        users.retain(|user| direct.as_ref().is_none_or(|direct| direct.username() != user.username()));
        users.extend(direct);
        let unverified = users.iter().any(|user| claim(user, text) == Claim::Unverified);
        users.retain(|user| claim(user, text) == Claim::Good);
        match (users.pop(), users.is_empty()) {
            (Some(user), true) => self.as_it_is(&user, text).await,
            (Some(_), false) => Err(refused(&format!("Several users have the e-mail address {text}"))),
            (None, _) if unverified => {
                Err(refused(&format!("The e-mail address {text} is not verified for any user who claims it")))
            }
            (None, _) => Ok(None),
        }
    }

    /// That user as Cognito has it at the moment, which lists are behind, if it is still whom the text means.
    async fn as_it_is(&self, found: &UserType, text: &str) -> Result<Option<Named>, PoolError> {
        let user = self.get(found.username().unwrap_or_default()).await?;
        let same = |user: &UserType| attribute(user, "sub") == attribute(found, "sub");
        match user.filter(|user| same(user) && claim(user, text) == Claim::Good) {
            Some(user) => self.named(user).await.map(Some),
            None => Ok(None),
        }
    }

    /// The user whom requests may call by this text, whoever that is.
    async fn get(&self, username: &str) -> Result<Option<UserType>, PoolError> {
        let request = self.client().await.admin_get_user().user_pool_id(&self.pool).username(username);
        match request.send().await.map_err(|error| PoolError::from(Context(error))) {
            Ok(user) => Ok(Some(as_listed(user))),
            // Nobody's name, or one that can be nobody's.
            Err(PoolError::UserNotFound | PoolError::InvalidParameter(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The users who say that they have this address; or the one with this `sub`.
    async fn search(&self, text: &str) -> Result<Vec<UserType>, PoolError> {
        let attribute = if text.contains('@') { "email" } else { "sub" };
        let value = text.replace('\\', "\\\\").replace('"', "\\\"");
        let request = self.client().await.list_users().user_pool_id(&self.pool).limit(PAGE);
        let request = request.filter(format!("{attribute} = \"{value}\""));
        let (mut users, mut after) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = request.clone().set_pagination_token(after).send().await.map_err(Context)?;
            users.extend(page.users.unwrap_or_default());
            after = page.pagination_token;
            if after.is_none() {
                return Ok(users);
            }
        }
        Err(refused(&format!("Too many users claim the {attribute} {text}")))
    }
}

fn refused(why: &str) -> PoolError {
    PoolError::InvalidParameter(format!(
        "{why}; name the one you mean by `sub`, which `frontdesk user list` shows last."
    ))
}

fn claim(user: &UserType, text: &str) -> Claim {
    let has_address = attribute(user, "email").is_some_and(|email| email.eq_ignore_ascii_case(text));
    match (has_address, attribute(user, "email_verified")) {
        _ if attribute(user, "sub") == Some(text) => Claim::Good,
        (true, Some("true")) => Claim::Good,
        (true, _) => Claim::Unverified,
        (false, _) => Claim::None,
    }
}

fn attribute<'a>(user: &'a UserType, name: &str) -> Option<&'a str> {
    user.attributes().iter().find(|one| one.name() == name)?.value()
}

/// A user as lists show them.
fn as_listed(user: AdminGetUserOutput) -> UserType {
    let builder = UserType::builder().username(user.username).enabled(user.enabled);
    let builder = builder.set_attributes(user.user_attributes).set_user_status(user.user_status);
    builder
        .set_user_create_date(user.user_create_date)
        .set_user_last_modified_date(user.user_last_modified_date)
        .build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cognitoidentityprovider::types::AttributeType;

    use super::*;

    fn user(attributes: &[(&str, &str)]) -> UserType {
        let attribute = |(name, value): &(&str, &str)| AttributeType::builder().name(*name).value(*value).build();
        let attributes = attributes.iter().map(|one| attribute(one).unwrap());
        UserType::builder().username("ada@example.com").set_attributes(Some(attributes.collect())).build()
    }

    #[test]
    fn a_text_names_whoever_has_it_as_sub_or_as_verified_address() {
        let (sub, email) = (("sub", "s"), ("email", "Ada@Example.com"));
        for (attributes, text, expected) in [
            (&[sub, email, ("email_verified", "true")][..], "ada@example.com", Claim::Good),
            (&[sub, email, ("email_verified", "false")], "s", Claim::Good),
            (&[sub, email, ("email_verified", "false")], "ada@example.com", Claim::Unverified),
            (&[sub, email], "ada@example.com", Claim::Unverified),
            (&[sub, ("email_verified", "true")], "ada@example.com", Claim::None),
            (&[sub, ("email", "eve@example.com"), ("email_verified", "true")], "ada@example.com", Claim::None),
            // A Kelvin sign is no k.
            (&[sub, ("email", "\u{212a}im@example.com"), ("email_verified", "true")], "kim@example.com", Claim::None),
        ] {
            assert_eq!(claim(&user(attributes), text), expected, "{attributes:?} {text}");
        }
    }
}
