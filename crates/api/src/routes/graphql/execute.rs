//! POST /graphql

use axum::extract::State;
use domain::Refusal;
use http::HeaderMap;

use crate::caller::Caller;
use crate::graphql::{self, Asked};
use crate::payload::Write;
use crate::problem::Answer;
use crate::schema::graphql::{GraphqlRequest, GraphqlResponse};
use crate::schema::problems::Problem;
use crate::state::Shared;

/// Ask by GraphQL
///
/// Queries and mutations over the same use cases; `docs/schema.graphql` is the schema. What a rule refuses is an error whose
/// `extensions` are the problem document. One request may have 4,000 tokens, 12 levels and 20 fields at its top, and cost 30,000, a list
/// as much as its limit times its items. An `Idempotency-Key` is for a request with exactly one mutation.
#[utoipa::path(
    post,
    path = "/graphql",
    operation_id = "ExecuteGraphql",
    tag = "graphql",
    request_body = GraphqlRequest,
    responses(
        (
            status = 200, description = "What was asked, and what was refused.", body = GraphqlResponse,
            content_type = "application/graphql-response+json"
        ),
        (
            status = 400, description = "The document does not fit the schema or asks for too much; or the request is none.",
            content(
                (GraphqlResponse = "application/graphql-response+json"),
                (Problem = "application/problem+json")
            )
        )
    )
)]
pub(crate) async fn execute_graphql(
    State(state): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    write: Write,
) -> Answer {
    if write.terms.if_match.is_some() {
        return Err(Refusal::invalid("If-Match", "is not for GraphQL: send `ifVersion` with a mutation").into());
    }
    let asked = Asked::read(write.body)?;
    let outcome = graphql::execute(&state, &caller, asked, write.terms.idempotency).await?;
    Ok(outcome.answer(&headers))
}
