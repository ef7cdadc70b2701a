//! Repository automation: the one test command, and the commands that write generated files.
//!
//! It uses the standard library alone, so that it builds in seconds.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to the terminal")]

mod checks;
mod coverage;
mod dynamodb_local;
mod e2e;
mod fuzz;
mod generate;
mod infra;
mod run;
mod schemathesis;
mod server;
mod tools;
mod tour;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  test         every check that a change must pass, in order, stopping at the first failure
  fuzz-api     the API against generated requests (schemathesis); a part of `test`
  tour         the README's tour against a server of its own; a part of `test`
  dynamodb-local  the storage port's conformance suite on DynamoDB Local, and table operations against it (needs Java); a part of `test`
  infra        the templates of infra/ against the rules of SAM, CloudFormation and checkov (installs them under the target directory)
  openapi      writes docs/openapi.json, docs/postman.json, docs/schema.graphql and infra/sam/openapi.json from the code
  e2e [OPTIONS]  the black-box scenarios, against a server of their own or a system at a URL (see `e2e --help`); a part of `test`
  fuzz [RUNS]  what reads arbitrary text, against what no one would write: a million runs each, or as many (needs cargo-fuzz)
  coverage     the tests' line coverage (needs cargo-llvm-cov)
  advisories   known vulnerabilities among the dependencies (needs cargo-deny and the network)
  tools        installs the tools of the tests (schemathesis, awscli, moto, an OIDC provider, dynoxide, with Java DynamoDB Local) under
               the target directory
";

/// What a command comes to: nothing, or a sentence that says what went wrong.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => checks::test(),
        ["fuzz-api"] => schemathesis::build_and_run(),
        ["tour"] => tools::python().and_then(|_| tour::build_and_run()),
        ["dynamodb-local"] => dynamodb_local::run(),
        ["infra"] => infra::check(),
        ["e2e", options @ ..] => e2e::run(options),
        ["openapi"] => generate::openapi(),
        ["fuzz"] => fuzz::all("1000000"),
        ["fuzz", runs] => fuzz::all(runs),
        ["coverage"] => coverage::measure(),
        ["advisories"] => checks::advisories(),
        ["tools"] => tools::all(),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
