//! The conformance suite, and the embedded store's table operations, against DynamoDB Local, AWS's own engine for development, which runs
//! on Java.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::Outcome;
use crate::run::{command, finish, has_cargo};
use crate::server::free_address;
use crate::tools;

/// Generated requests of each test that compares: DynamoDB Local is slow.
const REQUESTS: &str = "4000";
const START_POLLS: u32 = 600;
const POLL: Duration = Duration::from_millis(50);

/// A running engine; dropping it stops it.
struct Engine(Child);

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the engine, runs the suite on it, and compares the embedded store's table operations with its own: the named cases and the
/// generated ones from a fixed number.
pub(crate) fn run() -> Outcome {
    let address = free_address()?;
    let _engine = start(&tools::dynamodb_local()?, &address)?;
    let arguments: &[&str] = if has_cargo("nextest") {
        &[
            "nextest",
            "run",
            "--workspace",
            "--test",
            "dynamodb_local",
            "--test",
            "differential",
            "-E",
            "not test(fresh)",
        ]
    } else {
        &["test", "--workspace", "--test", "dynamodb_local", "--test", "differential", "--", "--skip", "fresh"]
    };
    let mut tests = command("cargo", arguments)?;
    tests.env("FRONTDESK_TEST_DYNAMODB_LOCAL", format!("http://{address}")).env("FRONTDESK_TEST_REQUESTS", REQUESTS);
    finish(&mut tests)
}

#[expect(clippy::disallowed_methods, reason = "another process's start is no event here")]
fn start(directory: &Path, address: &std::net::SocketAddr) -> Outcome<Engine> {
    let port = address.port().to_string();
    let arguments = ["-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-port", &port];
    let mut java = command("java", &arguments)?;
    let java = java.current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut engine = Engine(java.spawn().map_err(|error| format!("java does not start: {error}"))?);
    for _ in 0..START_POLLS {
        if let Ok(Some(status)) = engine.0.try_wait() {
            return Err(format!("DynamoDB Local ended: {status}"));
        }
        if TcpStream::connect(address).is_ok() {
            return Ok(engine);
        }
        std::thread::sleep(POLL);
    }
    Err("DynamoDB Local does not start".to_owned())
}
