//! Answering commands.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::{Operation, REQUEST_BYTES, Reply, execute, socket};
use crate::compose::Instance;
use crate::error::{Error, Outcome};

/// Commands at once; more wait.
const COMMANDS: usize = 8;
/// How long a command may take to say what it wants.
const REQUEST: Duration = Duration::from_secs(10);
/// How long a command waits for the server to be ready.
const READY: Duration = Duration::from_secs(30);

/// The control socket. Dropping it removes the socket.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Control {
    /// Opens the socket of a data directory, which the caller has to itself, and answers on it.
    pub fn start(data: &Path, instance: Instance) -> Outcome<Self> {
        let path = socket(data);
        let listener = bind(&path).map_err(Error::file("open the control socket", &path))?;
        let task = tokio::spawn(accept(listener, instance));
        Ok(Self { path, task })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        // A socket that stays behind refuses connections, which commands understand.
        let _ = fs::remove_file(&self.path);
    }
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn accept(listener: UnixListener, instance: Instance) {
    let places = Arc::new(Semaphore::new(COMMANDS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let instance = instance.clone();
                tokio::spawn(async move {
                    // A command that goes away is not our concern.
                    let _ = answer(stream, &instance).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the control socket accepts no connection");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(mut stream: UnixStream, instance: &Instance) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut line = Vec::new();
    let mut reading = BufReader::new(reading.take(REQUEST_BYTES));
    tokio::time::timeout(REQUEST, reading.read_until(b'\n', &mut line)).await??;
    let reply = reply(&line, instance).await;
    let mut text = serde_json::to_vec(&reply)?;
    text.push(b'\n');
    writing.write_all(&text).await
}

async fn reply(line: &[u8], instance: &Instance) -> Reply {
    let operation: Operation = serde_json::from_slice(line)
        .map_err(|_| "the server does not know this command; it may be of another version".to_owned())?;
    // A command that comes right after the start finds the keys not made yet.
    if instance.identity.pool().is_ok() {
        instance.identity.wait_ready(READY).await;
    }
    execute(operation, instance).await.map_err(|error| crate::telemetry::chain(&error))
}
