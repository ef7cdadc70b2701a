//! Until when a subject's tokens of an issuer outside are not believed: a mark in our own store, for issuers that cannot tell us that an
//! account was erased or signed out. Tokens issued at the mark's time or before are refused.
//!
//! The item's key has only the SHA-256 of the `sub`, so that it may stay when the person's data is erased. While an erasure is under way
//! the mark says so, so that one that was cut off is told of by the run that ends it, even if that finds nothing left.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Changes, Item, Key, Loaded, Store, StoreError, Table, Verdict, Write, transact};

use crate::verify::CLOCK_SKEW_SECONDS;

#[derive(Serialize, Deserialize)]
struct Mark {
    id: String,
    /// Epoch seconds.
    #[serde(rename = "notBefore")]
    not_before: i64,
    /// Whether an erasure has begun that has not ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    erasing: bool,
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
    mark(store, sub, now, false).await.map(drop)
}

/// Marks the tokens that exist at this time, and that an erasure is under way. Says whether one was already.
pub(crate) async fn begin_erasure(store: &dyn Store, sub: &str, now: Timestamp) -> Result<bool, StoreError> {
    mark(store, sub, now, true).await
}

async fn mark(store: &dyn Store, sub: &str, now: Timestamp, erasing: bool) -> Result<bool, StoreError> {
    let key = key(sub);
    let reached = now.as_second().saturating_add(CLOCK_SKEW_SECONDS);
    let wanted = key.clone();
    let decide = move |loaded: &Loaded| {
        let present = present(loaded, &wanted)?;
        let not_before = present.as_ref().map_or(reached, |mark| mark.not_before.max(reached));
        let was_erasing = present.is_some_and(|mark| mark.erasing);
        let mark = Mark { id: wanted.partition.clone(), not_before, erasing: erasing || was_erasing };
        let mut changes = Changes::none();
        changes.put(wanted.clone(), &mark)?;
        Ok(Verdict::<bool, StoreError>::Commit(changes, was_erasing))
    };
    transact(store, vec![key], decide).await?
}

/// Ends an erasure. The event that tells of it, if one is to, is in the same commit.
pub(crate) async fn end_erasure(store: &dyn Store, sub: &str, event: Option<Write>) -> Result<(), StoreError> {
    let key = key(sub);
    let wanted = key.clone();
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        if let Some(mark) = present(loaded, &wanted)?.filter(|mark| mark.erasing) {
            changes.put(wanted.clone(), &Mark { erasing: false, ..mark })?;
        }
        if let Some(event) = &event {
            changes.push(event.clone());
        }
        Ok(Verdict::<(), StoreError>::Commit(changes, ()))
    };
    transact(store, vec![key], decide).await?
}

fn present(loaded: &Loaded, key: &Key) -> Result<Option<Mark>, StoreError> {
    loaded.item(key)?.map(Item::body).transpose()
}
