//! `frontdesk user …`.

use clap::{Args, Subcommand};
use identity::{Account, generate_password};

use super::person::{self, EraseArgs, ExportArgs};
use super::send::send;
use crate::config::InstanceArgs;
use crate::config::values::{self, Secret};
use crate::control::{Answer, Operation};
use crate::error::{Error, Outcome};
use crate::terminal;

#[derive(Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Create a user
    Add(AddArgs),
    /// List the users: e-mail address, status, groups, identifier, separated by tabs
    List(InstanceArgs),
    /// Lock a user out at once
    Disable(UserArgs),
    /// Let a user in again
    Enable(UserArgs),
    /// End a user's sessions, and every token that they have so far
    SignOut(SignOutArgs),
    /// Set a user's password and end their sessions
    Passwd(PasswdArgs),
    /// Manage a user's groups
    #[command(subcommand)]
    Group(GroupCommand),
    /// Write down all that is stored of a user, one JSON object a line
    Export(ExportArgs),
    /// Erase a user and all that is theirs: bookings, orders, profile, account and events
    Erase(EraseArgs),
}

#[derive(Subcommand, Debug)]
pub(super) enum GroupCommand {
    /// Put a user into a group, which is created if missing
    Add(GroupArgs),
    /// Take a user out of a group
    Remove(GroupArgs),
}

#[derive(Args, Debug)]
pub(super) struct UserArgs {
    /// The user's e-mail address, or `sub`; never a username. With --identity cognito a verified address
    #[arg(long, value_name = "EMAIL|SUB", value_parser = values::user)]
    email: String,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct SignOutArgs {
    /// The user's e-mail address, or `sub`; with --identity cognito a verified address, with --identity oidc the `sub`
    #[arg(value_name = "EMAIL|SUB", value_parser = values::user)]
    user: String,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct AddArgs {
    /// The user's e-mail address
    #[arg(long, value_name = "EMAIL", value_parser = values::email)]
    email: String,

    /// The password; `-` reads it from the terminal or from standard input [default: a generated one, shown on the terminal]
    #[arg(long, env = "FRONTDESK_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    password: Option<Secret>,

    /// A group to put the user into; may be given several times
    #[arg(long = "group", value_name = "GROUP", value_parser = values::label)]
    groups: Vec<String>,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct PasswdArgs {
    #[command(flatten)]
    user: UserArgs,

    /// The password; `-` reads it from the terminal or from standard input [default: a generated one, shown on the terminal]
    #[arg(long, env = "FRONTDESK_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    password: Option<Secret>,
}

#[derive(Args, Debug)]
pub(super) struct GroupArgs {
    #[command(flatten)]
    user: UserArgs,

    /// The group
    #[arg(long, value_name = "GROUP", value_parser = values::label)]
    group: String,
}

pub(super) fn run(command: UserCommand) -> Outcome {
    match command {
        UserCommand::Add(args) => {
            let AddArgs { email, password, groups, instance } = args;
            let user = PasswdArgs { user: UserArgs { email, instance }, password };
            with_password(user, |email, password| Operation::AddUser { email, password, groups })
        }
        UserCommand::List(instance) => super::until_unread(list(&instance)),
        UserCommand::Disable(args) => done(&args.instance, Operation::SetEnabled { email: args.email, enabled: false }),
        UserCommand::Enable(args) => done(&args.instance, Operation::SetEnabled { email: args.email, enabled: true }),
        UserCommand::SignOut(args) => done(&args.instance, Operation::SignOut { user: args.user }),
        UserCommand::Passwd(args) => with_password(args, |email, password| Operation::SetPassword { email, password }),
        UserCommand::Export(args) => person::export(args),
        UserCommand::Erase(args) => person::erase(args),
        UserCommand::Group(GroupCommand::Add(GroupArgs { user, group })) => {
            done(&user.instance, Operation::AddToGroup { email: user.email, group })
        }
        UserCommand::Group(GroupCommand::Remove(GroupArgs { user, group })) => {
            done(&user.instance, Operation::RemoveFromGroup { email: user.email, group })
        }
    }
}

fn done(instance: &InstanceArgs, operation: Operation) -> Outcome {
    send(instance, operation).map(|_| ())
}

fn with_password(args: PasswdArgs, operation: impl FnOnce(String, Secret) -> Operation) -> Outcome {
    let PasswdArgs { user, password } = args;
    if password.is_some() {
        let password = terminal::password(password)?;
        return done(&user.instance, operation(user.email, password));
    }
    if !terminal::is_terminal() {
        let text = "a generated password is shown on a terminal only; give --password, or `--password -` to read it from standard input";
        return Err(Error::Usage(text.to_owned()));
    }
    let password = Secret::from(generate_password()?.to_string());
    done(&user.instance, operation(user.email, password.clone()))?;
    terminal::print(&format!("Password: {} (not shown again)", password.reveal()))
}

fn list(instance: &InstanceArgs) -> Outcome {
    let mut after = None;
    loop {
        let answer = send(instance, Operation::ListUsers { after })?;
        let Answer::Users { accounts, next } = answer else { return Ok(()) };
        for account in &accounts {
            terminal::print(&line(account))?;
        }
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

fn line(account: &Account) -> String {
    let status = if account.enabled { format!("{:?}", account.status) } else { "Disabled".to_owned() };
    let groups = if account.groups.is_empty() { "-".to_owned() } else { account.groups.join(",") };
    format!("{}\t{status}\t{groups}\t{}", account.email, account.sub)
}
