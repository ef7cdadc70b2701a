//! A test application with typed callers, and the program as a process of its own.
//!
//! [`TestApp`] is a whole instance in the test's own process, on a directory of its own, with a clock that the test moves.
//! [`Machine`] runs the program itself, for what only a process can show: crashes, signals, commands. [`Anonymous`], [`User`] and
//! [`Admin`] call either; every [`Answer`] is checked on arrival against what holds for all of them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod answer;
mod app;
mod call;
mod callers;
mod clock;
mod cognito;
mod function;
mod held_sync;
mod ids;
mod issuer;
mod killed_at;
mod machine;
mod outside;
pub mod poll;
mod providers;
mod proxy;
pub mod raw;
pub mod signature;
mod topics;
mod values;

pub use answer::Answer;
pub use app::TestApp;
pub use call::{Call, Http};
pub use callers::{Admin, Anonymous, Caller, TABLE, Tokens, User, booking_of, order_of};
pub use clock::{START, TestClock};
pub use cognito::{CLIENT, Cognito, PASSWORD, POOL, SERVICE, fault, initiate};
pub use function::Function;
pub use held_sync::HeldSync;
pub use ids::SeededIds;
pub use issuer::{Issuer, TestKey};
pub use killed_at::{KilledAt, STAGES};
pub use machine::{ADMIN_EMAIL, Machine, Ran, Server};
pub use outside::{AUDIENCE, OutsideApp};
pub use providers::{Bucket, Moto, OidcProvider, free_port};
pub use proxy::{FAULTS, Fault, Proxy, Refusal};
pub use values::{HOUR, MINUTE, NINE, claims, is_timestamp, is_uuid};
