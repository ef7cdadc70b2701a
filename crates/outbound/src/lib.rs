//! Adapters to what is outside. The ports are in `app`.

mod archive;
mod fault;
mod place;
#[cfg(feature = "aws")]
mod s3;

pub use archive::Archive;
pub use place::{Place, PlaceError};
