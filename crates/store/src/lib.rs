//! The storage port, the embedded SQLite adapter and the conformance suite of every adapter.

mod attributes;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod cursor;
pub mod decide;
pub mod digest;
pub mod error;
pub mod key;
pub mod log;
pub mod page;
pub mod port;
pub mod records;
pub mod removal;
pub mod rounds;
pub mod search;
pub mod size;
pub mod sqlite;
pub mod table;
pub mod transfer;

pub use decide::{Changes, Loaded, Verdict, Write};
pub use digest::Digest;
pub use error::StoreError;
pub use key::{Item, Key, Sort};
pub use page::{Cursor, Direction, Page, Query};
pub use port::{Store, transact};
pub use removal::{Removal, remove, remove_partition};
pub use table::{Index, Table};
pub use transfer::{Export, Record, Transfer};
