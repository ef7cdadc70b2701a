//! Adapters to what is outside. The ports are in `app`.

mod archive;
mod place;

pub use archive::Archive;
pub use place::{Place, PlaceError};
