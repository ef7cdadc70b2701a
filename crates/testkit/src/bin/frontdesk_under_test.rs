//! The program `frontdesk` as the tests start it: Cargo builds it with them and tells them where it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    frontdesk::command::main()
}
