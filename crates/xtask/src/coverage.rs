//! The tests' coverage.

use crate::Outcome;
use crate::run::{command, has_cargo, output};

/// Runs the tests with instrumentation and prints the line of the totals.
pub(crate) fn measure() -> Outcome {
    if !has_cargo("llvm-cov") {
        let install = "`cargo install --locked cargo-llvm-cov` and `rustup component add llvm-tools-preview`";
        return Err(format!("cargo-llvm-cov is not installed: {install}"));
    }
    let runner: &[&str] = if has_cargo("nextest") { &["llvm-cov", "nextest"] } else { &["llvm-cov"] };
    let arguments = [runner, &["--workspace", "--summary-only", "--exclude", "xtask", "--exclude", "bench"]].concat();
    let table = output(&mut command("cargo", &arguments)?)?;
    let interesting = |line: &&str| line.starts_with("Filename") || line.starts_with("TOTAL");
    for line in table.lines().filter(interesting) {
        println!("{line}");
    }
    Ok(())
}
