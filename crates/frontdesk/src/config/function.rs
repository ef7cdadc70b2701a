//! What the program is inside AWS Lambda.

use clap::Args;

use crate::roles::Role;

/// What the program is inside AWS Lambda.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "AWS Lambda")]
pub struct FunctionArgs {
    /// The role of this function: api, authorizer, queue, fulfilment, relay, schedule or failure [default: the function's handler].
    /// Nothing but AWS Lambda heeds it
    #[arg(long, env = "FRONTDESK_ROLE", value_name = "ROLE", hide = true, value_parser = role)]
    pub role: Option<Role>,
}

fn role(text: &str) -> Result<Role, String> {
    text.parse()
}
