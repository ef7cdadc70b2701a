//! `frontdesk openapi`.

use clap::Args;

use crate::error::Outcome;
use crate::terminal;

#[derive(Args, Debug)]
pub(super) struct OpenapiArgs {
    /// Print a Postman collection with sample payloads instead
    #[arg(long)]
    postman: bool,
}

pub(super) fn run(args: &OpenapiArgs) -> Outcome {
    let document = if args.postman { api::postman_text() } else { api::openapi_text() };
    terminal::print(&document)
}
