//! Tables of the operator's own, in the same file.

use super::SqliteStore;
use crate::StoreError;
use crate::port::Answer;
use crate::records::{Call, Outcome, Records};

impl Records for SqliteStore {
    fn call(&self, call: Call) -> Answer<'_, Outcome> {
        super::ready(Err(StoreError::Unavailable(format!("{} is not there yet", call.operation.name()))))
    }
}
