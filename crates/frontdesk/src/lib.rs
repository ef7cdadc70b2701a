//! The binary: command line, configuration, composition and telemetry.
//!
//! [`command::main`] is the program. Tests and benchmarks start at [`compose`]: an [`compose::Instance`] is the store, identity,
//! use cases and interface of one data directory, and [`serve::Listening`] serves it on an address.

pub mod ambient;
pub mod backing;
pub mod command;
pub mod compose;
pub mod config;
pub mod control;
pub mod demo;
pub mod error;
#[cfg(all(feature = "aws", feature = "graphql"))]
pub mod gateway;
pub mod home;
pub mod issuer;
mod load;
pub mod migrate;
mod random;
#[cfg(feature = "lambda")]
pub mod roles;
pub mod serve;
pub mod telemetry;
pub mod terminal;
