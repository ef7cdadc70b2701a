//! The program as functions of AWS Lambda: one binary, and a role for each function.
//!
//! Inside Lambda the program without arguments takes a role ([`Role`]). Everything is opened once, during init; then each call is an event
//! that a role's file maps to use cases. Nothing runs between calls: what `serve` does by tasks is done within a call here, and stops
//! before the call's time is over.

mod api;
mod authorizer;
mod batch;
mod calls;
mod coarse;
mod deadline;
mod failure;
mod fulfilment;
mod init;
mod keys;
mod manifest;
mod pipelines;
mod queue;
mod relay;
mod report;
mod role;
mod schedule;

use std::process::ExitCode;

pub use init::main;
pub use manifest::Manifest;
pub use role::{Role, Source};

/// What Lambda sets, and nobody else.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Whether the program was started by Lambda: without arguments, with somebody to ask for calls.
pub fn is_function() -> bool {
    std::env::args_os().len() <= 1 && variable(RUNTIME_API).is_some()
}

#[expect(clippy::disallowed_methods, reason = "what Lambda says to a function, it says by variables")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How the process ends when it cannot go on.
const FAILED: ExitCode = ExitCode::FAILURE;
