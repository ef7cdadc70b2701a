//! The terminal: what is printed for people, and passwords that are typed.

use std::io::{self, BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::config::values::Secret;
use crate::error::{Error, Outcome, WRITE};

/// Bytes of a line that is typed or piped in.
const LINE_BYTES: u64 = 4096;

/// Whether somebody sees what is printed.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Prints a text and a line break on standard output.
pub fn print(text: &str) -> Outcome {
    let mut output = io::stdout().lock();
    let written = writeln!(output, "{text}").and_then(|()| output.flush());
    written.map_err(Error::file(WRITE, "standard output"))
}

/// Prints a line on standard error, which is for what happens meanwhile. Nothing is lost when nobody reads it.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether somebody can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks a question, and returns the line that is typed.
pub fn ask(question: &str) -> Outcome<String> {
    let asked = || {
        let mut error = io::stderr().lock();
        write!(error, "{question}")?;
        error.flush()?;
        let mut line = String::new();
        io::Read::take(io::stdin().lock(), LINE_BYTES).read_line(&mut line)?;
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    };
    asked().map_err(Error::file("read an answer from", "standard input"))
}

/// The password that was given, else the next line of standard input (also for `-`); on a terminal it is not shown as it is typed.
pub fn password(given: Option<Secret>) -> Outcome<Secret> {
    match given {
        Some(secret) if secret.reveal() != "-" => Ok(secret),
        _ => read().map_err(Error::file("read a password from", "standard input")),
    }
}

fn read() -> io::Result<Secret> {
    let _hidden = Hidden::prompt()?;
    let mut line = String::new();
    io::Read::take(io::stdin().lock(), LINE_BYTES).read_line(&mut line)?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "there is none; give it with --password or FRONTDESK_PASSWORD",
        ));
    }
    Ok(Secret::from(password.to_owned()))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden(Option<Termios>);

impl Hidden {
    fn prompt() -> io::Result<Self> {
        if !io::stdin().is_terminal() {
            return Ok(Self(None));
        }
        let mut error = io::stderr().lock();
        write!(error, "Password: ")?;
        error.flush()?;
        let shown = tcgetattr(io::stdin())?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &hidden)?;
        Ok(Self(Some(shown)))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(shown) = &self.0 {
            // Nothing is left to be done when the terminal is gone.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, shown);
            let _ = writeln!(io::stderr());
        }
    }
}
