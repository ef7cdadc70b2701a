//! The tables: names, keys, indexes and the time-to-live attribute, alike on every store.

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Profiles, by `userid`.
    Users,
    /// Locations, by `locationID`; each counts its resources.
    Locations,
    /// Resources, by `resourceID`.
    Resources,
    /// Bookings, by `bookingID`; each stores its exact claim.
    Bookings,
    /// Use of a resource on one UTC day, by `resourceID` and `day`.
    Occupancy,
    /// How much of a resource a user has booked, day by day, by `userID` and `resourceID`.
    Quotas,
    /// What is to happen by itself, by `shard` and `due` (the time, then what and to which item).
    Timers,
    /// Requests that are fulfilled later, by `message_id`.
    Requests,
    /// Which requests wait, by `lane` and `sequence` (the order in which they were accepted).
    Queue,
    /// Orders, by `userId` and `orderId`.
    Orders,
    /// Recorded responses, by `id`, until `expiration` (epoch seconds).
    Idempotency,
    /// Events, by `aggregate` and `sequence`.
    Events,
    /// Where each event is in the log, by `segment` and `position`.
    Log,
    /// How far somebody has come, by `name`: the log itself, pipelines, who does what alone.
    Cursors,
    /// Events that a pipeline could not deliver, by `pipeline` and `position`.
    DeadLetters,
    /// Who owns an e-mail address, by the case-folded `email`.
    Credentials,
    /// Accounts of the user pool, by `sub`.
    Accounts,
    /// Groups of the user pool, by `name`.
    Groups,
    /// Refresh tokens, by `id` (a digest), until `expiration` (epoch seconds).
    Sessions,
    /// Signing keys and the pool's access keys, by `id`.
    Keys,
}

/// A secondary index: a partition and a numeric or absent sort attribute. Lists from indexes may lag on some stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Index {
    /// Resources of a location, by `locationID`.
    ResourcesByLocation,
    /// Bookings of a user, by `userID`, sorted by `starttimeepochtime`.
    BookingsByUserByTime,
    /// Bookings of a resource, by `resourceID`, sorted by `starttimeepochtime`.
    BookingsByResourceByTime,
    /// Requests of a user, by `userID`.
    RequestsByUser,
    /// Events that are not in the log yet, by a number of [`crate::log::SHARDS`], sorted by `sequence`. A store that numbers events in
    /// the commit has none.
    Outbox,
}

/// The definition of an index.
#[derive(Debug)]
pub struct IndexDefinition {
    /// Which one.
    pub index: Index,
    /// Its name on DynamoDB.
    pub name: &'static str,
    /// The partition attribute (a string).
    pub partition: &'static str,
    /// The sort attribute (a number), if any. Items without the attributes are not in the index.
    pub sort: Option<&'static str>,
}

/// The definition of a table.
#[derive(Debug)]
pub struct Definition {
    /// Its name, before any prefix.
    pub name: &'static str,
    /// The partition attribute (a string).
    pub partition: &'static str,
    /// The sort attribute, if any.
    pub sort: Option<SortAttribute>,
    /// Its indexes, at most two.
    pub indexes: &'static [IndexDefinition],
    /// Whether items have a time to live: attribute `expiration`, epoch seconds.
    pub expires: bool,
}

/// The sort attribute of a table's key.
#[derive(Debug)]
pub enum SortAttribute {
    /// A string attribute.
    Text(&'static str),
    /// A whole-number attribute.
    Number(&'static str),
}

const fn plain(name: &'static str, partition: &'static str) -> Definition {
    Definition { name, partition, sort: None, indexes: &[], expires: false }
}

const fn sorted(name: &'static str, partition: &'static str, sort: SortAttribute) -> Definition {
    Definition { sort: Some(sort), ..plain(name, partition) }
}

const fn expiring(name: &'static str, partition: &'static str) -> Definition {
    Definition { expires: true, ..plain(name, partition) }
}

const RESOURCES: Definition = Definition {
    indexes: &[IndexDefinition {
        index: Index::ResourcesByLocation,
        name: "locationIDGSI",
        partition: "locationID",
        sort: None,
    }],
    ..plain("resources", "resourceID")
};
const BOOKINGS: Definition = Definition {
    indexes: &[
        IndexDefinition {
            index: Index::BookingsByUserByTime,
            name: "bookingsByUserByTimeGSI",
            partition: "userID",
            sort: Some("starttimeepochtime"),
        },
        IndexDefinition {
            index: Index::BookingsByResourceByTime,
            name: "bookingsByResourceByTimeGSI",
            partition: "resourceID",
            sort: Some("starttimeepochtime"),
        },
    ],
    ..plain("bookings", "bookingID")
};
const REQUESTS: Definition = Definition {
    indexes: &[IndexDefinition {
        index: Index::RequestsByUser,
        name: "requestsByUserGSI",
        partition: "userID",
        sort: None,
    }],
    ..plain("requests", "message_id")
};
const EVENTS: Definition = Definition {
    indexes: &[IndexDefinition {
        index: Index::Outbox,
        name: "outboxGSI",
        partition: "_fd_outbox",
        sort: Some("sequence"),
    }],
    ..sorted("events", "aggregate", SortAttribute::Number("sequence"))
};

impl Table {
    /// Every table, in a fixed order.
    pub const ALL: [Self; 20] = [
        Self::Users,
        Self::Locations,
        Self::Resources,
        Self::Bookings,
        Self::Occupancy,
        Self::Quotas,
        Self::Timers,
        Self::Requests,
        Self::Queue,
        Self::Orders,
        Self::Idempotency,
        Self::Events,
        Self::Log,
        Self::Cursors,
        Self::DeadLetters,
        Self::Credentials,
        Self::Accounts,
        Self::Groups,
        Self::Sessions,
        Self::Keys,
    ];

    /// Whether its keys say who somebody is, and so have no place in a log.
    pub const fn is_keyed_by_person(self) -> bool {
        matches!(self, Self::Credentials)
    }

    /// The table's definition.
    pub const fn definition(self) -> &'static Definition {
        match self {
            Self::Users => &const { plain("users", "userid") },
            Self::Locations => &const { plain("locations", "locationID") },
            Self::Resources => &RESOURCES,
            Self::Bookings => &BOOKINGS,
            Self::Occupancy => &const { sorted("occupancy", "resourceID", SortAttribute::Number("day")) },
            Self::Quotas => &const { sorted("quotas", "userID", SortAttribute::Text("resourceID")) },
            Self::Timers => &const { sorted("timers", "shard", SortAttribute::Text("due")) },
            Self::Requests => &REQUESTS,
            Self::Queue => &const { sorted("queue", "lane", SortAttribute::Number("sequence")) },
            Self::Orders => &const { sorted("orders", "userId", SortAttribute::Text("orderId")) },
            Self::Idempotency => &const { expiring("idempotency", "id") },
            Self::Events => &EVENTS,
            Self::Log => &const { sorted("log", "segment", SortAttribute::Number("position")) },
            Self::Cursors => &const { plain("cursors", "name") },
            Self::DeadLetters => &const { sorted("deadletters", "pipeline", SortAttribute::Number("position")) },
            Self::Credentials => &const { plain("credentials", "email") },
            Self::Accounts => &const { plain("accounts", "sub") },
            Self::Groups => &const { plain("groups", "name") },
            Self::Sessions => &const { expiring("sessions", "id") },
            Self::Keys => &const { plain("keys", "id") },
        }
    }
}

impl Index {
    /// The table that the index belongs to.
    pub const fn table(self) -> Table {
        match self {
            Self::ResourcesByLocation => Table::Resources,
            Self::BookingsByUserByTime | Self::BookingsByResourceByTime => Table::Bookings,
            Self::RequestsByUser => Table::Requests,
            Self::Outbox => Table::Events,
        }
    }
    /// The index's definition, which its table lists.
    pub fn definition(self) -> Option<&'static IndexDefinition> {
        self.table().definition().indexes.iter().find(|definition| definition.index == self)
    }
}
