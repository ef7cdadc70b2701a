//! The shapes of bodies and parameters, for the OpenAPI document. Nothing is read or written by these types: bodies are JSON
//! text, checked by the rules of `domain`, and items may have further members of the client's.

pub(crate) mod availability;
pub(crate) mod bookings;
pub(crate) mod events;
#[cfg(feature = "graphql")]
pub(crate) mod graphql;
pub(crate) mod identity;
pub(crate) mod locations;
pub(crate) mod orders;
pub(crate) mod parameters;
pub(crate) mod problems;
pub(crate) mod push;
pub(crate) mod records;
pub(crate) mod requests;
pub(crate) mod resources;
pub(crate) mod rules;
pub(crate) mod users;

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// An amount of money: decimal, to 38 significant digits.
pub(crate) fn amount() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(0))
        .description(Some("Decimal, at most 38 significant digits."))
        .build()
}

/// A whole minute in epoch seconds.
pub(crate) fn epoch_minute() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .multiple_of(Some(60))
        .description(Some("Epoch seconds of a whole minute, from 1970 to 9999."))
        .build()
}
