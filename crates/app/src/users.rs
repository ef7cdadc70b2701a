//! Profiles of users.

use domain::user::{self, Profile};
use domain::{Refusal, id};
use store::{Cursor, Key, Loaded, Table};

use crate::commit::{Draft, refuse};
use crate::reply::cursor;
use crate::{App, Command, Failure, Listing, Reply, Success};

fn key(userid: &str) -> Key {
    Key::new(Table::Users, userid)
}

impl App {
    /// A page of all profiles, in no particular order.
    pub async fn list_users(&self, limit: usize, after: Option<&str>) -> Result<Listing, Failure> {
        let page = self.store.scan(Table::Users, limit, cursor(after, Table::Users)?).await?;
        Ok(Listing {
            items: page.items.into_iter().map(|item| item.body).collect(),
            next: page.next.as_ref().map(Cursor::encode),
        })
    }

    /// Makes a profile, under the client's `userid` or a new one.
    pub async fn create_user(&self, command: Command, body: Profile) -> Result<Reply, Failure> {
        user::check(&body)?;
        let userid = self.new_id(user::chosen_id(&body)?.as_deref());
        let item = key(&userid);
        self.commit(&command, vec![item.clone()], move |loaded| {
            if loaded.item(&item)?.is_some() {
                return refuse(Refusal::conflict("exists", "A profile with this userid exists; PUT replaces it."));
            }
            let mut draft = Draft::new(loaded);
            let profile = user::stamp(body.clone(), &item.partition, loaded.now());
            let written = draft.store(&item, "frontdesk.user.created", &profile)?;
            draft.reply(Reply::new(Success::Ok, written.body, written.version))
        })
        .await
    }

    /// A profile.
    pub async fn get_user(&self, userid: &str) -> Result<Reply, Failure> {
        let item = self.store.get(&key(userid)).await?;
        Ok(item.ok_or_else(|| Refusal::not_found("user"))?.into())
    }

    /// Replaces a profile, or makes it.
    pub async fn put_user(&self, command: Command, userid: &str, body: Profile) -> Result<Reply, Failure> {
        user::check(&body)?;
        id::check("userid", userid)?;
        let item = key(userid);
        let context = command.clone();
        self.commit(&command, vec![item.clone()], move |loaded| {
            if let Err(refusal) = context.check(loaded.item(&item)?) {
                return refuse(refusal);
            }
            let event =
                if loaded.item(&item)?.is_some() { "frontdesk.user.replaced" } else { "frontdesk.user.created" };
            let mut draft = Draft::new(loaded);
            let profile = user::stamp(body.clone(), &item.partition, loaded.now());
            let written = draft.store(&item, event, &profile)?;
            draft.reply(Reply::new(Success::Ok, written.body, written.version))
        })
        .await
    }

    /// Removes a profile; one that is not there is as good as removed.
    pub async fn delete_user(&self, command: Command, userid: &str) -> Result<Reply, Failure> {
        let item = key(userid);
        let context = command.clone();
        self.commit(&command, vec![item.clone()], move |loaded: &Loaded| {
            let stored = loaded.item(&item)?;
            if let Err(refusal) = context.check(stored) {
                return refuse(refusal);
            }
            let mut draft = Draft::new(loaded);
            if stored.is_some() {
                draft.remove(&item, "frontdesk.user.deleted")?;
            }
            draft.reply(Reply::text("{}".to_owned()))
        })
        .await
    }
}
