//! `frontdesk token`.

use clap::Args;

use super::send::send;
use crate::config::InstanceArgs;
use crate::config::values::{self, Secret};
use crate::control::{Answer, Operation};
use crate::error::Outcome;
use crate::terminal;

#[derive(Args, Debug)]
pub(super) struct TokenArgs {
    /// The user's e-mail address
    #[arg(long, env = "FRONTDESK_EMAIL", value_name = "EMAIL", value_parser = values::email)]
    email: String,

    /// Their password; `-` or nothing reads it from the terminal or from standard input
    #[arg(long, env = "FRONTDESK_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    password: Option<Secret>,

    /// Print the access token instead
    #[arg(long)]
    access: bool,

    #[command(flatten)]
    instance: InstanceArgs,
}

pub(super) fn run(args: TokenArgs) -> Outcome {
    let password = terminal::password(args.password)?;
    let operation = Operation::Token { email: args.email, password, access: args.access };
    match send(&args.instance, operation)? {
        Answer::Token(token) => terminal::print(token.reveal()),
        _ => Ok(()),
    }
}
