//! For tests: a dynoxide of their own, an engine that speaks DynamoDB's protocol.

#![expect(clippy::unwrap_used, clippy::panic, reason = "an engine that does not start is a test that fails")]

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use domain::Clock;

use crate::dynamodb::DynamoStore;

const STARTS: usize = 10;
const POLLS: usize = 500;

/// A running engine; dropping it stops it.
#[derive(Debug)]
pub struct Dynoxide {
    process: Child,
    port: u16,
}

impl Drop for Dynoxide {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Dynoxide {
    /// Whether it is installed.
    pub fn is_installed() -> bool {
        let version = Command::new(program()).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    }

    /// Starts one that is empty and in memory, and waits until it answers.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts one that keeps its data in that file.
    pub async fn start_in(file: &Path) -> Self {
        Self::start_with(&[OsStr::new("--db-path"), file.as_os_str()]).await
    }

    async fn start_with(arguments: &[&OsStr]) -> Self {
        for _ in 0..STARTS {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut command = Command::new(program());
            command.args(["serve", "--log", "quiet", "--port", &port.to_string()]).args(arguments);
            let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let mut engine = Self { process, port };
            if engine.answers().await {
                return engine;
            }
        }
        panic!("dynoxide does not start");
    }

    /// Whether it came up; another program may have taken the port.
    async fn answers(&mut self) -> bool {
        for _ in 0..POLLS {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Its port on this machine.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A store on its tables with that prefix.
    pub fn store(&self, prefix: &str, clock: Arc<dyn Clock>) -> DynamoStore {
        DynamoStore::new(client(&self.url()), prefix, clock)
    }
}

/// A client of any endpoint, which leaves trying again to the store.
pub fn client(url: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// The program: among the tools of the target directory, where the test command installs it, or on the path.
fn program() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    let target = executable.ancestors().find(|directory| directory.join("tools").is_dir());
    let installed = target.map(|target| target.join("tools/bin/dynoxide")).filter(|program| Path::exists(program));
    installed.unwrap_or_else(|| "dynoxide".into())
}
