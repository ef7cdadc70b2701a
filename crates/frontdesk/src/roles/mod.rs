//! The program as functions of AWS Lambda: one binary, and a role for each function.

mod manifest;
mod role;

pub use manifest::Manifest;
pub use role::{Role, Source};
