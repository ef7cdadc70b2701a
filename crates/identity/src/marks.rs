//! Until when a subject's tokens of an issuer outside are not believed: a mark in our own store, for issuers that cannot tell us that an
//! account was erased or signed out. Tokens issued at the mark's time or before are refused.
//!
//! The item's key has only the SHA-256 of the `sub`, so that it may stay when the person's data is erased.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};

use crate::verify::CLOCK_SKEW_SECONDS;

#[derive(Serialize, Deserialize)]
struct Mark {
    id: String,
    /// Epoch seconds.
    #[serde(rename = "notBefore")]
    not_before: i64,
}

/// The SHA-256 of a `sub`, by which it is recognised by those who know it.
pub(crate) fn digest(sub: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, sub.as_bytes()))
}

fn key(sub: &str) -> Key {
    Key::new(Table::Keys, format!("not-before/{}", digest(sub)))
}

/// The mark of a subject, if there is one.
pub(crate) async fn read(store: &dyn Store, sub: &str) -> Result<Option<i64>, StoreError> {
    let item = store.get(&key(sub)).await?;
    item.map(|item| item.body::<Mark>().map(|mark| mark.not_before)).transpose()
}

/// Marks the tokens that exist at this time, those of an issuer whose clock is a little ahead of ours too. A mark never moves back.
pub(crate) async fn set(store: &dyn Store, sub: &str, now: Timestamp) -> Result<(), StoreError> {
    let key = key(sub);
    let reached = now.as_second().saturating_add(CLOCK_SKEW_SECONDS);
    let wanted = key.clone();
    let decide = move |loaded: &Loaded| {
        let present = loaded.item(&wanted)?.map(|item| item.body::<Mark>()).transpose()?;
        let not_before = present.map_or(reached, |mark| mark.not_before.max(reached));
        let mut changes = Changes::none();
        changes.put(wanted.clone(), &Mark { id: wanted.partition.clone(), not_before })?;
        Ok(Verdict::<(), StoreError>::Commit(changes, ()))
    };
    transact(store, vec![key], decide).await?
}
