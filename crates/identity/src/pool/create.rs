//! Creating accounts: the account, the claim on its e-mail address, its profile and their events in one commit.

use std::collections::BTreeMap;

use domain::user;
use serde_json::json;
use store::{Changes, Key, Loaded, StoreError, Table, Verdict};

use super::{Account, GROUPS, NewUser, Pool, Secrets, Status, Stored, groups, record, username};
use crate::error::PoolError;
use crate::password;

/// An account that is ready to be decided on.
pub(super) struct Planned {
    account: Account,
    hash: String,
}

impl Pool {
    /// Creates an account, with groups that are created where missing. A password that is not permanent must be replaced by an
    /// administrator before the account can sign in.
    pub async fn create_user(
        &self,
        email: &str,
        password: &str,
        groups: &[String],
        permanent: bool,
    ) -> Result<Account, PoolError> {
        let status = if permanent { Status::Confirmed } else { Status::ForceChangePassword };
        let (groups, attributes) = (groups.to_vec(), BTreeMap::new());
        self.create(NewUser { email, password, status, email_verified: true, groups, attributes }).await
    }

    /// Creates an account.
    pub async fn create(&self, new: NewUser<'_>) -> Result<Account, PoolError> {
        let planned = self.plan(new).await?;
        let keys = planned.keys();
        let decide = move |loaded: &Loaded| {
            let mut changes = Changes::none();
            Ok(match planned.decide(loaded, &mut changes)? {
                Ok(account) => Verdict::Commit(changes, (account.sub.clone(), account)),
                Err(refusal) => Verdict::Refuse(Changes::none(), refusal),
            })
        };
        self.commit(keys, decide).await
    }

    /// Checks a new account and hashes its password.
    pub(super) async fn plan(&self, new: NewUser<'_>) -> Result<Planned, PoolError> {
        username::check_email(new.email)?;
        password::check(new.password)?;
        let mut groups = new.groups;
        groups.sort_unstable();
        groups.dedup();
        groups.iter().try_for_each(|group| groups::check_name(group))?;
        if groups.len() > GROUPS {
            return Err(PoolError::LimitExceeded(format!("An account can be in {GROUPS} groups at most.")));
        }
        let hash = self.hasher.hash(new.password).await?;
        let now = self.clock.now();
        let account = Account {
            sub: self.ids.random().to_string(),
            email: new.email.to_owned(),
            email_verified: new.email_verified,
            status: new.status,
            enabled: true,
            groups,
            attributes: new.attributes,
            created: now,
            modified: now,
        };
        Ok(Planned { account, hash })
    }
}

impl Planned {
    /// The keys that must be loaded for [`Self::decide`].
    pub(super) fn keys(&self) -> Vec<Key> {
        let Account { sub, email, groups, .. } = &self.account;
        let own = [username::credentials(email), username::account(sub), Key::new(Table::Users, sub)];
        own.into_iter().chain(groups.iter().map(|group| groups::key(group))).collect()
    }

    /// The changes that create the account, unless its address is taken.
    pub(super) fn decide(
        &self,
        loaded: &Loaded,
        changes: &mut Changes,
    ) -> Result<Result<Account, PoolError>, StoreError> {
        let address = username::credentials(&self.account.email);
        if loaded.item(&address)?.is_some() {
            return Ok(Err(PoolError::UsernameExists));
        }
        let now = loaded.now();
        let account = Account { created: now, modified: now, ..self.account.clone() };
        let epoch = now.as_millisecond();
        let secrets = Secrets { password: Some(self.hash.clone()), epoch, sessions: epoch, erasing: false };
        changes.put(address.clone(), &json!({"email": address.partition, "sub": account.sub}))?;
        record::put(changes, loaded, "frontdesk.account.created", &Stored { account: account.clone(), secrets })?;
        let profile = Key::new(Table::Users, &account.sub);
        let body = user::profile(&account.sub, account.attributes.get("name").map(String::as_str), now);
        record::event(changes, loaded, &profile, "user", "frontdesk.user.created", &body)?;
        changes.put(profile, &body)?;
        for group in &account.groups {
            groups::put_missing(changes, loaded, group)?;
        }
        Ok(Ok(account))
    }
}
