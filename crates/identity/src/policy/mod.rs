//! Authorization by Cedar policies: files that are built in or come from a directory, and decisions that are remembered.

mod action;
mod decision;
mod load;

use std::path::Path;

pub use action::Action;
pub(crate) use decision::Policies;

use crate::error::StartError;

/// Checks the policies of a directory (none: those built in) as a start would.
pub fn check(directory: Option<&Path>) -> Result<(), StartError> {
    Policies::load(directory, 1).map(|_| ())
}

#[cfg(test)]
mod tests;
