//! The command runs and prints its table. How fast is not for a test.

use std::path::Path;
use std::process::Command;

#[test]
fn a_quick_run_prints_every_figure() {
    let bench = env!("CARGO_BIN_EXE_bench");
    let mut command = Command::new(bench);
    command.arg("--quick");
    let program = Path::new(bench).with_file_name("frontdesk");
    if program.is_file() {
        command.arg("--program").arg(program);
    }
    let output = command.output().unwrap();
    let (table, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{errors}");
    for figure in [
        "(a) GET",
        "(b) durable",
        "(c) commit",
        "(d) availability",
        "(d) durable",
        "(e) search",
        "(f) durable",
        "request of a booking",
        "requests, until all",
        "request, from asking",
        "the log, embedded",
        "push, 50 idle",
        "push, from commit",
        "memory",
        "first start",
    ] {
        assert!(table.contains(&format!("| {figure}")), "{figure} is missing in:\n{table}");
    }
}
