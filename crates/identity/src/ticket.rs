//! Tickets: a caller who cannot send headers (a browser that opens a WebSocket) shows one in the address instead of a token. A
//! ticket is 256 random bits, of which only a digest is stored, and is good for one use within seconds.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Changes, Key, Loaded, Table, Verdict, transact};

use crate::caller::Caller;
use crate::entropy;
use crate::error::{AuthError, PoolError};
use crate::identity::Identity;
use crate::principal::{Principal, TokenUse};
use crate::verify::Issued;

/// For how long a ticket is good.
const SECONDS: i64 = 30;
/// Random bytes of a ticket.
const BYTES: usize = 32;

/// A ticket, shown to nobody but the caller.
pub struct Ticket {
    /// Its text.
    pub text: String,
    /// Until when it can be used.
    pub expires: Timestamp,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ticket").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Whom a ticket lets in, beside the sessions; `sub` and `expiration` are as theirs.
#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    sub: String,
    username: String,
    client: String,
    groups: Vec<String>,
    token_use: TokenUse,
    administrator: bool,
    /// When the token ends.
    expires: Timestamp,
    issued: Issued,
    /// When the ticket ends, epoch seconds.
    expiration: i64,
}

impl Stored {
    fn caller(self, generation: u64) -> Caller {
        let principal = Principal {
            sub: self.sub,
            email: None,
            groups: self.groups,
            username: self.username,
            client: self.client,
            token_use: self.token_use,
            expires: self.expires,
            administrator: self.administrator,
        };
        Caller { principal: Arc::new(principal), issued: self.issued, generation }
    }
}

impl Identity {
    /// A ticket that lets this caller in once, until its token ends.
    pub async fn issue_ticket(&self, caller: &Caller) -> Result<Ticket, PoolError> {
        let text = BASE64_URL_SAFE_NO_PAD.encode(entropy::bytes::<BYTES>()?);
        let key = key(&text);
        let principal = caller.principal.as_ref().clone();
        let issued = caller.issued;
        let expires = self.clock().now().saturating_add(SignedDuration::from_secs(SECONDS));
        let expires = expires.unwrap_or(Timestamp::MAX);
        let stored = Stored {
            id: key.partition.clone(),
            sub: principal.sub,
            username: principal.username,
            client: principal.client,
            groups: principal.groups,
            token_use: principal.token_use,
            administrator: principal.administrator,
            expires: principal.expires,
            issued,
            expiration: expires.as_second(),
        };
        let decide = move |_: &Loaded| {
            let mut changes = Changes::none();
            changes.put(key.clone(), &stored)?;
            Ok(Verdict::<(), PoolError>::Commit(changes, ()))
        };
        transact(self.store(), Vec::new(), decide).await??;
        Ok(Ticket { text, expires })
    }

    /// The caller whom a ticket lets in. It is gone with this.
    pub async fn redeem_ticket(&self, ticket: &str) -> Result<Caller, AuthError> {
        // Anything else was never issued, and needs no look into the store.
        if !BASE64_URL_SAFE_NO_PAD.decode(ticket).is_ok_and(|bytes| bytes.len() == BYTES) {
            return Err(AuthError::Ticket);
        }
        let key = key(ticket);
        let keys = vec![key.clone()];
        let decide = move |loaded: &Loaded| {
            let Some(item) = loaded.item(&key)? else { return Ok(Verdict::Refuse(Changes::none(), AuthError::Ticket)) };
            let stored: Stored = item.body()?;
            if stored.expiration <= loaded.now().as_second() {
                return Ok(Verdict::Refuse(Changes::none(), AuthError::Ticket));
            }
            let mut changes = Changes::none();
            changes.delete(key.clone());
            Ok(Verdict::Commit(changes, stored))
        };
        let stored = transact(self.store(), keys, decide).await??;
        let caller = stored.caller(self.believed().generation());
        self.confirm(&caller).await?;
        Ok(caller)
    }
}

/// The key of a ticket: its SHA-256, told from the digests of refresh tokens by what is before it.
fn key(ticket: &str) -> Key {
    let digest = digest::digest(&digest::SHA256, ticket.as_bytes());
    Key::new(Table::Sessions, format!("ticket/{}", BASE64_URL_SAFE_NO_PAD.encode(digest)))
}
