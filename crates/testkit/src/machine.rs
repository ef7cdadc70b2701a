//! The program as a process of its own, with a directory for what it leaves behind.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use frontdesk::ambient::SystemClock;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::signature::AccessKey;
use crate::{Admin, Anonymous, Caller, Cognito, Http, PASSWORD, User, poll};

/// The first administrator's username; the password is [`PASSWORD`].
pub const ADMIN_EMAIL: &str = "admin@example.com";

/// No command takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A place where the program runs, again and again if need be.
#[derive(Debug)]
pub struct Machine {
    program: PathBuf,
    directory: TempDir,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A server that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    /// Where it is.
    pub http: Http,
    child: Child,
    data: PathBuf,
    log: PathBuf,
}

impl Machine {
    /// A new place for this program.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), directory: TempDir::new().unwrap() }
    }

    /// A path in its directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The data directory that the server and the commands use.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The command line `frontdesk ARGUMENTS`, with the data directory set.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).env("FRONTDESK_DATA", self.data()).current_dir(self.directory.path());
        // It is for tests, and programs warn of what they do not know.
        command.env_remove("FRONTDESK_TEST_STORE");
        command
    }

    /// Runs a command to its end, which must come soon.
    pub async fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        self.finish(self.command(arguments)).await
    }

    /// Runs a command line to its end, which must come soon.
    pub async fn finish(&self, mut command: Command) -> Ran {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let Ok(output) = tokio::time::timeout(PATIENCE, ended).await else {
            kill_process(pid, Signal::KILL).unwrap();
            panic!("{command:?} did not end");
        };
        let output = output.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Starts a server on a free port and waits until it is ready.
    pub async fn serve(&self, options: &[&str]) -> Server {
        let server = self.launch(self.command(&[&["serve"], options].concat())).await;
        server.ready().await;
        server
    }

    /// Starts a server by this command line, with the administrator's password, and waits until it listens.
    pub async fn launch(&self, mut command: Command) -> Server {
        command.env("FRONTDESK_ADMIN_EMAIL", ADMIN_EMAIL).env("FRONTDESK_ADMIN_PASSWORD", PASSWORD);
        self.launch_as_it_is(command).await
    }

    /// Starts a server by this command line on a free port, and waits until it listens.
    pub async fn launch_as_it_is(&self, mut command: Command) -> Server {
        let log = self.path("server.log");
        let file = File::create(&log).unwrap();
        command.env("FRONTDESK_LISTEN", "127.0.0.1:0");
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap();
        let mut server = Server { http: Http::new(""), child, data: self.data(), log };
        let address = poll::until("the address", async || server.address()).await;
        server.http = Http::new(address);
        server
    }
}

impl Server {
    /// Waits until it is ready.
    pub async fn ready(&self) {
        let anonymous = self.anonymous();
        let ready =
            async || anonymous.get("/ready").may_fail().try_send().await.ok().filter(|answer| answer.status == 200);
        poll::until("readiness", ready).await;
    }

    /// One who sends no token.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous { http: self.http.clone() }
    }

    /// Its user pool.
    pub fn cognito(&self) -> Cognito {
        let key = AccessKey::read(&fs::read_to_string(self.data.join("aws-credentials")).unwrap());
        Cognito { http: self.http.clone(), key, clock: Arc::new(SystemClock) }
    }

    /// The first administrator.
    pub async fn admin(&self) -> Admin {
        self.cognito().first_administrator().await
    }

    /// A new user.
    pub async fn user(&self, name: &str) -> User {
        self.cognito().user(name).await
    }

    /// Where it keeps its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The log lines so far.
    pub fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.log).unwrap();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Waits for a log line.
    pub async fn log_line(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        poll::until("a log line", async || self.log().into_iter().find(|line| is_it(line))).await
    }

    /// Waits for the log line with this message.
    pub async fn logged(&self, message: &str) -> Value {
        self.log_line(|line| line["message"] == message).await
    }

    /// Waits for a log line whose message has this part.
    pub async fn logged_part(&self, part: &str) -> Value {
        self.log_line(|line| line["message"].as_str().is_some_and(|message| message.contains(part))).await
    }

    /// Ends it at once, as a power cut would end the program (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to finish (SIGTERM).
    pub fn terminate(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).unwrap();
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        poll::until("the end of the server", async || child.try_wait().unwrap()).await
    }

    fn address(&mut self) -> Option<String> {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("the server ended: {status}\n{}", fs::read_to_string(&self.log).unwrap());
        }
        let line = self.log().into_iter().find(|line| line["message"] == "frontdesk listens")?;
        line["address"].as_str().map(str::to_owned)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
