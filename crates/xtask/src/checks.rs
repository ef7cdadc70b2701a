//! The one test command: every check, in order.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::run::{cargo, command, finish, has_cargo};
use crate::{dynamodb_local, schemathesis, tools, tour};

/// A check that ran, or why it did not.
enum Done {
    Passed,
    Skipped(String),
}

type Check = (&'static str, fn() -> Outcome<Done>);

const CHECKS: [Check; 12] = [
    ("format", || passed(&["fmt", "--all", "--check"])),
    ("lints", || passed(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ("build without AWS", build_without_aws),
    ("tests", tests),
    ("tests with moto, issuers", tests_with_others),
    ("tests on DynamoDB", tests_on_dynamodb),
    ("suite on DynamoDB Local", suite_on_dynamodb_local),
    ("documentation tests", || passed(&["test", "--workspace", "--doc", "--quiet"])),
    ("documentation", documentation),
    ("dependencies", dependencies),
    ("tour of the README", tour),
    ("generated requests", generated_requests),
];

/// Runs every check and stops at the first failure.
pub(crate) fn test() -> Outcome {
    let mut summary = String::new();
    for (title, check) in CHECKS {
        println!("\n== {title}");
        let (outcome, took) = timed(check);
        let result = match outcome {
            Ok(Done::Passed) => "passed".to_owned(),
            Ok(Done::Skipped(why)) => format!("SKIPPED: {why}"),
            Err(message) => {
                println!("{summary}{}", line(title, took, "FAILED"));
                return Err(format!("{title}: {message}"));
            }
        };
        println!("{title}: {result}");
        summary.push_str(&line(title, took, &result));
    }
    println!("\n== summary\n{summary}");
    Ok(())
}

/// Looks for known vulnerabilities among the dependencies; needs the network, so it is not a part of the test command.
pub(crate) fn advisories() -> Outcome {
    if !has_cargo("deny") {
        return Err("cargo-deny is not installed: `cargo install --locked cargo-deny`".to_owned());
    }
    cargo(&["deny", "check", "advisories"])
}

/// A second set of features, so that dependencies are compiled again the first time; checking is the cheapest that finds mistakes.
fn build_without_aws() -> Outcome<Done> {
    passed(&["clippy", "-p", "frontdesk", "--no-default-features", "--", "-D", "warnings"])
}

fn tests() -> Outcome<Done> {
    if has_cargo("nextest") {
        let only = "not (package(aws) | test(/^(consumption|dynamodb|lambda|migration|outside::issuers|pipelines::bucket)::/))";
        passed(&["nextest", "run", "--workspace", "-E", only])
    } else {
        let others =
            ["consumption::", "dynamodb::", "lambda::", "migration::", "outside::issuers::", "pipelines::bucket::"];
        let skip = others.map(|tests| ["--skip", tests]);
        passed(&[&["test", "--workspace", "--exclude", "aws", "--"], skip.as_flattened()].concat())
    }
}

/// Identity from outside, archives in S3, and functions: with services that others wrote.
fn tests_with_others() -> Outcome<Done> {
    if let Err(message) = tools::dynoxide() {
        return Ok(Done::Skipped(format!("dynoxide could not be installed: {message}")));
    }
    with_python_tools(|| {
        if has_cargo("nextest") {
            cargo(&["nextest", "run", "--workspace", "-E", "test(/^(outside::issuers|pipelines::bucket|lambda)::/)"])
        } else {
            cargo(&["test", "-p", "testkit", "--", "outside::issuers::", "pipelines::bucket::", "lambda::"])
        }
    })
}

/// The adapter's own tests, what operations consume, migrations, and the tests of the interface once more, with those that are for
/// DynamoDB alone. What else starts the program as a process stays with the embedded store.
fn tests_on_dynamodb() -> Outcome<Done> {
    if let Err(message) = tools::dynoxide() {
        return Ok(Done::Skipped(format!("dynoxide could not be installed: {message}")));
    }
    let (adapter, interface): (&[&str], &[&str]) = if has_cargo("nextest") {
        let only =
            "package(testkit) - binary(e2e) - test(/^(server|durability|lambda|outside::issuers|pipelines::bucket)::/)";
        (&["nextest", "run", "--workspace", "-E", "package(aws)"], &["nextest", "run", "--workspace", "-E", only])
    } else {
        let others = ["server::", "durability::", "lambda::", "outside::issuers::", "pipelines::bucket::"];
        let skip = others.map(|tests| ["--skip", tests]);
        (&["test", "-p", "aws"], &[&["test", "-p", "testkit", "--test", "it", "--"][..], skip.as_flattened()].concat())
    };
    cargo(adapter)?;
    finish(command("cargo", interface)?.env("FRONTDESK_TEST_STORE", "dynamodb")).map(|()| Done::Passed)
}

fn suite_on_dynamodb_local() -> Outcome<Done> {
    match tools::dynamodb_local() {
        Ok(_) => dynamodb_local::run().map(|()| Done::Passed),
        Err(message) => Ok(Done::Skipped(message)),
    }
}

fn documentation() -> Outcome<Done> {
    let mut command = command("cargo", &["doc", "--workspace", "--no-deps"])?;
    finish(command.env("RUSTDOCFLAGS", "-D warnings")).map(|()| Done::Passed)
}

fn dependencies() -> Outcome<Done> {
    if !has_cargo("deny") {
        return Ok(Done::Skipped("cargo-deny is not installed".to_owned()));
    }
    passed(&["deny", "check", "bans", "licenses", "sources"])
}

fn tour() -> Outcome<Done> {
    with_python_tools(tour::build_and_run)
}

fn generated_requests() -> Outcome<Done> {
    with_python_tools(schemathesis::build_and_run)
}

fn with_python_tools(check: fn() -> Outcome) -> Outcome<Done> {
    match tools::python() {
        Ok(_) => check().map(|()| Done::Passed),
        Err(message) => Ok(Done::Skipped(format!("its Python tool could not be installed: {message}"))),
    }
}

fn passed(arguments: &[&str]) -> Outcome<Done> {
    cargo(arguments).map(|()| Done::Passed)
}

fn line(title: &str, took: Duration, result: &str) -> String {
    format!("{title:<24} {:>6.1} s  {result}\n", took.as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "the summary says how long each check took")]
fn timed(check: fn() -> Outcome<Done>) -> (Outcome<Done>, Duration) {
    let start = Instant::now();
    (check(), start.elapsed())
}
