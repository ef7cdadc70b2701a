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
    /// Print the document in the form that Amazon API Gateway reads instead
    #[cfg(all(feature = "aws", feature = "graphql"))]
    #[arg(long, conflicts_with_all = ["postman", "graphql"])]
    aws: bool,
}

pub(super) fn run(args: &OpenapiArgs) -> Outcome {
    #[cfg(feature = "graphql")]
    if args.graphql {
        return terminal::print(&api::graphql_text());
    }
    #[cfg(all(feature = "aws", feature = "graphql"))]
    if args.aws {
        return terminal::print(&crate::gateway::text());
    }
    let document = if args.postman { api::postman_text() } else { api::openapi_text() };
    terminal::print(&document)
}
