//! Parts of items.

use super::Placeholders;
use crate::records::{Attributes, Fault};

/// Which parts of an item are answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Projection {}

impl Projection {
    /// Reads a projection: its syntax, that its placeholders are defined and that its paths do not overlap.
    pub(crate) fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self, Fault> {
        let _ = (text, placeholders);
        Err(Fault::validation("not there yet"))
    }

    /// Those parts of an item that there are.
    pub(crate) fn of(&self, item: &Attributes) -> Attributes {
        item.clone()
    }
}
