//! A server of the product on a free port and an empty data directory, for the checks that need one.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Outcome;
use crate::run::{command, output};

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "Only-for-Tests-2026";
const START_POLLS: u32 = 600;
const POLL: Duration = Duration::from_millis(50);

/// A running server; dropping it stops it.
pub(crate) struct Server {
    process: Child,
    program: PathBuf,
    directory: PathBuf,
    address: SocketAddr,
}

impl Server {
    /// Starts the program with an empty data directory in `directory`, and waits until it is ready.
    pub(crate) fn start(program: PathBuf, directory: PathBuf) -> Outcome<Self> {
        drop(fs::remove_dir_all(&directory));
        let describe = |error| format!("{}: {error}", directory.display());
        fs::create_dir_all(&directory).map_err(describe)?;
        let log = File::create(directory.join("server.log")).map_err(describe)?;
        let address = free_address()?;
        let process = command(&program, &["serve", "--listen", &address.to_string()])?
            .arg("--data")
            .arg(directory.join("data"))
            .env("FRONTDESK_ADMIN_EMAIL", EMAIL)
            .env("FRONTDESK_ADMIN_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(describe)?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", program.display()))?;
        let mut server = Self { process, program, directory, address };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The address that clients use.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells a command by the variables of the README's tour where the server is and who administers it.
    pub(crate) fn describe<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("FRONTDESK", &self.program)
            .env("FRONTDESK_DATA", self.data())
            .env("API_URL", self.url())
            .env("FRONTDESK_ADMIN_EMAIL", EMAIL)
            .env("FRONTDESK_ADMIN_PASSWORD", PASSWORD)
    }

    /// The directory that holds all that the server leaves.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where the server's log goes.
    pub(crate) fn log(&self) -> PathBuf {
        self.directory.join("server.log")
    }

    /// An ID token of the administrator.
    pub(crate) fn token(&self) -> Outcome<String> {
        let mut command = command(&self.program, &["token", "--email", EMAIL, "--password", PASSWORD])?;
        let token = output(command.arg("--data").arg(self.data()))?;
        Ok(token.trim().to_owned())
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// Whether the server still runs.
    pub(crate) fn check_alive(&mut self) -> Outcome {
        match self.process.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(format!("the server ended ({status}); see {}", self.log().display())),
            Err(error) => Err(format!("the server's state is unknown: {error}")),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "another process offers no event to wait for")]
    fn wait_until_ready(&mut self) -> Outcome {
        for _ in 0..START_POLLS {
            self.check_alive()?;
            if is_ready(self.address) {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
        Err(format!("the server was not ready in time; see {}", self.log().display()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// An address on a port that nothing listens on at this moment.
/// An address of this machine that nothing listens on.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| format!("no free port: {error}"))?;
    listener.local_addr().map_err(|error| format!("no free port: {error}"))
}

fn is_ready(address: SocketAddr) -> bool {
    let request = b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = [0; 12];
    let asked = TcpStream::connect(address).and_then(|mut stream| {
        stream.write_all(request)?;
        stream.read_exact(&mut answer)
    });
    asked.is_ok() && answer == *b"HTTP/1.1 200"
}
