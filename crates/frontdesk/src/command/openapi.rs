//! `frontdesk openapi`.

use clap::Args;

use crate::error::Outcome;
use crate::terminal;

#[derive(Args, Debug)]
pub(super) struct OpenapiArgs {
    /// Print a Postman collection with sample payloads instead
    #[arg(long)]
    postman: bool,
    /// Print the GraphQL schema instead
    #[cfg(feature = "graphql")]
    #[arg(long, conflicts_with = "postman")]
    graphql: bool,
}

pub(super) fn run(args: &OpenapiArgs) -> Outcome {
    #[cfg(feature = "graphql")]
    if args.graphql {
        return terminal::print(&api::graphql_text());
    }
    let document = if args.postman { api::postman_text() } else { api::openapi_text() };
    terminal::print(&document)
}
