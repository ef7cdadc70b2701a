//! Errors of the SDK in one line.

use std::error::Error;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

/// Causes that are told at most.
const DEPTH: usize = 16;

/// An error, what the service says of it, and its causes, each once.
pub(crate) fn causes<E: ProvideErrorMetadata + Error>(error: &E) -> String {
    let chain = std::iter::successors(error.source(), |cause| (*cause).source()).take(DEPTH);
    let mut told = vec![error.to_string()];
    told.extend(error.message().map(str::to_owned));
    told.extend(chain.map(ToString::to_string));
    told.dedup();
    told.join(": ")
}
