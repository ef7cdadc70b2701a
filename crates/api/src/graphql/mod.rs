//! GraphQL over the use cases (spec.graphql.org, October 2021): the same calls, policies and refusals as the REST routes, in documents
//! that clients put together. `bounds` refuses documents that would cost too much before anything walks them; `session` is what the
//! fields of one operation share.

mod bounds;
mod cost;
mod field;
mod limits;
mod mutation;
mod query;
mod request;
mod response;
mod scalars;
mod session;
mod socket;
mod subscription;
mod types;

use std::sync::Arc;

use app::Idempotency;
use async_graphql::Response;
use async_graphql::ServerError;
use async_graphql::futures_util::stream::{BoxStream, StreamExt};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::Shared;
use limits::{BRACKETS, COST, DEPTH, DIRECTIVES};
use mutation::Mutation;
use query::Query;
pub(crate) use request::Asked;
pub(crate) use response::Outcome;
use response::error_of;
use session::Session;
pub(crate) use socket::{PROTOCOL, Socket};
use subscription::Subscription;

/// The schema.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema, which is always the same for the same code.
pub(crate) fn schema() -> Schema {
    Schema::build(Query, Mutation, Subscription)
        .limit_recursive_depth(BRACKETS)
        .limit_depth(DEPTH.saturating_add(1))
        .limit_complexity(COST)
        .limit_directives(DIRECTIVES)
        .finish()
}

/// The schema as it is checked in, in the schema definition language.
pub fn graphql_text() -> String {
    schema().sdl()
}

/// Executes a query or a mutation; the key is for the one mutation of a request.
pub(crate) async fn execute(
    state: &Shared,
    caller: &Caller,
    asked: Asked,
    key: Option<Idempotency>,
) -> Result<Outcome, Box<Problem>> {
    let ready = match asked.ready() {
        Ok(ready) => ready,
        Err(error) => return Ok(Outcome::refused(error, caller.request_id())),
    };
    let key = ready.key(key)?;
    let session = Arc::new(Session::new(Arc::clone(state), caller.clone(), key));
    let response = state.graphql.execute(ready.request.data(Arc::clone(&session))).await;
    Ok(Outcome::of(response, caller.request_id(), session.replayed()))
}

/// Begins an operation of any kind; its responses come until it is over.
fn follow(state: &Shared, caller: &Caller, asked: Asked) -> Result<BoxStream<'static, Response>, ServerError> {
    let ready = asked.ready()?;
    ready.check_subscription()?;
    let session = Arc::new(Session::new(Arc::clone(state), caller.clone(), None));
    Ok(state.graphql.execute_stream(ready.request.data(session)).boxed())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_checked_in_schema_is_the_codes() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema.graphql");
        let checked_in = fs::read_to_string(file).unwrap_or_default();
        assert!(
            checked_in.trim_end() == graphql_text().trim_end(),
            "docs/schema.graphql is not what the code says: run `cargo xtask openapi`"
        );
    }

    #[test]
    fn no_number_of_the_schema_is_a_float() {
        assert!(!graphql_text().contains("Float"));
    }
}
