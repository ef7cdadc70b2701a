//! The program `frontdesk`.

use std::process::ExitCode;

fn main() -> ExitCode {
    frontdesk::command::main()
}
