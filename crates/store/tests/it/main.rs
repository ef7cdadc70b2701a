//! Tests of the store: the conformance suite on each adapter, and what only the embedded one has.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod sqlite;
