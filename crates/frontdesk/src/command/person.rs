//! `frontdesk user export` and `frontdesk user erase`: one person's data.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::send::send;
use crate::config::InstanceArgs;
use crate::config::values;
use crate::control::{Answer, Operation};
use crate::error::{Error, Outcome};
use crate::terminal;

#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// The user's e-mail address, or `sub`, which also finds what a deleted account left behind
    #[arg(value_name = "EMAIL|SUB", value_parser = values::label)]
    user: String,

    /// The file to write, which must not exist yet; only its owner can read it [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct EraseArgs {
    /// The user's e-mail address, or `sub`, which also finds what a deleted account left behind
    #[arg(value_name = "EMAIL|SUB", value_parser = values::label)]
    user: String,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    instance: InstanceArgs,
}

pub(super) fn export(args: ExportArgs) -> Outcome {
    let ExportArgs { user, out, instance } = args;
    // The first page is asked for before there is a file.
    let first = page(&user, &instance)?;
    let Some(file) = out else {
        return write_all(first, &instance, io::stdout().lock(), Path::new("standard output"));
    };
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
    let opened = opened.map_err(Error::file("create", &file))?;
    let written = write_all(first, &instance, BufWriter::new(&opened), &file).and_then(|()| sync(&opened, &file));
    if written.is_err() {
        // Half of somebody's data is not all of it. What cannot be removed stays; the error is said.
        let _ = fs::remove_file(&file);
    }
    written
}

/// A page of somebody's data.
struct Page {
    sub: String,
    lines: Vec<String>,
    next: Option<String>,
}

/// The first page of somebody's data.
fn page(user: &str, instance: &InstanceArgs) -> Outcome<Page> {
    match send(instance, Operation::ExportUser { user: user.to_owned(), after: None })? {
        Answer::Person { sub, lines, next } if next.is_some() || !lines.is_empty() => Ok(Page { sub, lines, next }),
        _ => Err(Error::Command(format!("nothing is stored of {user}"))),
    }
}

fn write_all(mut page: Page, instance: &InstanceArgs, mut output: impl Write, name: &Path) -> Outcome {
    loop {
        let Page { sub, lines, next } = page;
        let written = lines.iter().try_for_each(|line| writeln!(output, "{line}")).and_then(|()| output.flush());
        written.map_err(Error::file("write to", name))?;
        let Some(after) = next else { return Ok(()) };
        page = match send(instance, Operation::ExportUser { user: sub, after: Some(after) })? {
            Answer::Person { sub, lines, next } => Page { sub, lines, next },
            _ => return Ok(()),
        };
    }
}

fn sync(file: &File, name: &Path) -> Outcome {
    file.sync_all().map_err(Error::file("write to", name))
}

pub(super) fn erase(args: EraseArgs) -> Outcome {
    let EraseArgs { user, yes, instance } = args;
    if !yes && !is_confirmed(&user)? {
        return Err(Error::Command("nothing was erased".to_owned()));
    }
    let operation = Operation::EraseUser { user: user.clone() };
    let Answer::Erased { account, sessions, erased } = send(&instance, operation)? else { return Ok(()) };
    if erased.is_nothing() && !account && sessions == 0 {
        let text = "with an OpenID Connect provider, and where the account is gone, the `sub` names a user";
        terminal::note(&format!("nothing was stored of {user}; {text}"));
    }
    let app::Erased { bookings, released, requests, orders, profiles, quotas, answers, events } = erased;
    terminal::print(&format!(
        "erased: {} accounts, {profiles} profiles, {bookings} bookings ({released} of them stood), {requests} \
         requests, {orders} orders, {quotas} quotas, {sessions} sessions, {answers} recorded answers, {events} events",
        usize::from(account)
    ))
}

/// Asks on the terminal; the answer is the user's name again.
fn is_confirmed(user: &str) -> Outcome<bool> {
    if !terminal::can_ask() {
        return Err(Error::Usage("erasing cannot be undone; give --yes to do it without being asked".to_owned()));
    }
    let question = format!("This erases {user} and all that is theirs, and cannot be undone. Type {user} to go on: ");
    Ok(terminal::ask(&question)? == user)
}
