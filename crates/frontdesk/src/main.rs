//! The binary: command line, configuration, composition and telemetry.

fn main() {}
