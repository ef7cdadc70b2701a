//! A caller on a connection that stays open: believed for as long as the token would be.

use std::sync::Arc;

use crate::epoch::stands;
use crate::error::AuthError;
use crate::identity::Identity;
use crate::principal::Principal;
use crate::verify::Issued;

/// A caller whose token was verified, and what tells later whether it is still believed.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) principal: Arc<Principal>,
    pub(crate) issued: Issued,
    /// Of the keys that verified the token.
    pub(crate) generation: u64,
}

impl Caller {
    /// Who it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }
}

impl Identity {
    /// Whether the caller's token would still be believed. Asks the store only when it is not remembered how the account stands: once
    /// for an account, however many connections it has.
    pub async fn confirm(&self, caller: &Caller) -> Result<(), AuthError> {
        let now = self.clock().now();
        if caller.principal.expires <= now {
            return Err(AuthError::Expired);
        }
        if caller.generation != self.believed().generation() {
            return Err(AuthError::UnknownKey);
        }
        let sub = &caller.principal.sub;
        let known = match self.epochs().remembered(sub, now) {
            Some(known) => known,
            None => self.epochs().read(self.store(), sub, now).await?,
        };
        if stands(caller.issued, known) { Ok(()) } else { Err(AuthError::Revoked) }
    }
}
