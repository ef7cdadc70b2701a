//! A server process and commands beside it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "Only-for-Tests-2026";
/// How long anything may take before a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, not started yet. Its data goes to a directory below `place`.
pub(crate) fn program(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.current_dir(place).args(arguments).env("FRONTDESK_DATA", "data").stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn run(place: &Path, arguments: &[&str]) -> Output {
    program(place, arguments).output().unwrap()
}

/// What a command printed; it must have succeeded.
pub(crate) fn printed(place: &Path, arguments: &[&str]) -> String {
    let output = run(place, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command complained about; it must have ended with this code.
pub(crate) fn refused(place: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(place, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", errors(&output));
    errors(&output)
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An empty place for data.
pub(crate) fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    log: Receiver<Value>,
    pub(crate) address: String,
}

impl Server {
    /// Starts a server with a known administrator on a free port and waits until it is ready.
    pub(crate) fn start(place: &Path) -> Self {
        let arguments = ["--admin-email", EMAIL, "--admin-password", PASSWORD];
        let server = Self::spawn(place, &arguments);
        server.wait_for("ready");
        server
    }

    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn spawn(place: &Path, arguments: &[&str]) -> Self {
        let mut command = program(place, &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, log) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { child, log, address: String::new() };
        let line = server.wait_for("frontdesk listens");
        server.address = line["address"].as_str().unwrap().trim_start_matches("http://").to_owned();
        server
    }

    /// The next log line with that message.
    pub(crate) fn wait_for(&self, message: &str) -> Value {
        loop {
            let line = self.log.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("never logged: {message}"));
            if line["message"] == message {
                return line;
            }
        }
    }

    /// The log lines that are still to come, until the end.
    pub(crate) fn rest_of_log(self) -> Vec<Value> {
        self.log.iter().collect()
    }

    /// Sends a request head and returns the open connection.
    pub(crate) fn send(&self, request: &str) -> TcpStream {
        send(&self.address, request)
    }

    /// The whole response to a GET.
    pub(crate) fn get(&self, path: &str) -> String {
        get(&self.address, path)
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it as an operator would.
    pub(crate) fn stop(mut self) {
        self.signal(Signal::TERM);
        assert!(self.ended().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn send(address: &str, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// The whole response to a GET at some address.
pub(crate) fn get(address: &str, path: &str) -> String {
    rest(send(address, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")))
}

/// What is still to come on a connection.
pub(crate) fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// The data directory of a place.
pub(crate) fn data(place: &Path) -> PathBuf {
    place.join("data")
}
