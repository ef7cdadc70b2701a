//! Asking the running server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{Operation, REPLY_BYTES, Reply, socket};
use crate::error::{Error, Outcome};

/// How long an answer may take; a backup of a large database takes its time.
const ANSWER: Duration = Duration::from_secs(60 * 60);

/// Asks the server that runs on a data directory; none when no server runs there.
pub fn ask(data: &Path, operation: &Operation) -> Outcome<Option<Reply>> {
    let path = socket(data);
    let stream = match UnixStream::connect(&path) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(Error::file("connect to", path)(error)),
    };
    let line = exchange(stream, operation).map_err(Error::file("talk to the server through", path))?;
    let reply = serde_json::from_slice(&line);
    reply
        .map(Some)
        .map_err(|_| Error::Command("the server went away before it answered; the outcome is unknown".to_owned()))
}

fn exchange(mut stream: UnixStream, operation: &Operation) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(ANSWER))?;
    let mut request = serde_json::to_vec(operation)?;
    request.push(b'\n');
    stream.write_all(&request)?;
    let mut line = Vec::new();
    BufReader::new(stream.take(REPLY_BYTES)).read_until(b'\n', &mut line)?;
    Ok(line)
}
