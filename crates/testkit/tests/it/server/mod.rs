//! The program as a process: starting, what it says, commands.

mod backup;
mod commands;
mod demo;
mod first_start;
mod load;
mod person;
mod policies;
mod settings;
mod start_errors;
mod telemetry;
mod zones;

/// The program, as Cargo built it with these tests.
pub(crate) const FRONTDESK: &str = env!("CARGO_BIN_EXE_frontdesk-under-test");
