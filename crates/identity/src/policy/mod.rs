//! Authorization by Cedar policies: files that are built in or come from a directory, and decisions that are remembered.

mod action;
mod decision;
mod load;

pub use action::Action;
pub(crate) use decision::Policies;

#[cfg(test)]
mod tests;
