//! What can be subscribed to.

use std::fmt;

use store::{Key, Table};

/// What can be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A request for a booking, by its `message_id`.
    Request(String),
    /// The calendar of a resource: its bookings, as well as itself.
    Resource(String),
    /// The bookings of a user.
    Bookings(String),
    /// The orders of a user.
    Orders(String),
    /// Everything.
    All,
}

impl Topic {
    /// The topic of whatever changes the item under a key.
    pub(crate) fn of(key: &Key) -> Option<Self> {
        let id = key.partition.clone();
        match key.table {
            Table::Requests => Some(Self::Request(id)),
            Table::Resources => Some(Self::Resource(id)),
            Table::Orders => Some(Self::Orders(id)),
            _ => None,
        }
    }
}

/// As it is kept with an event.
impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(id) => write!(formatter, "request/{id}"),
            Self::Resource(id) => write!(formatter, "resource/{id}"),
            Self::Bookings(id) => write!(formatter, "bookings/{id}"),
            Self::Orders(id) => write!(formatter, "orders/{id}"),
            Self::All => formatter.write_str("*"),
        }
    }
}
