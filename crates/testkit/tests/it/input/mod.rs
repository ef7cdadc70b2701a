//! Bad input: each gets a clear 4xx, and nothing is changed by it.

mod bodies;
mod connections;
mod paths;
