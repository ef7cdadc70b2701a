//! GraphQL's envelope (GraphQL over HTTP).

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A request by GraphQL; only one at a time.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "query": "query($l: ID!, $r: ID!) { availability(locationID: $l, resourceID: $r) { free { start end units } } }",
    "variables": {"l": "berlin", "r": "room-314"}
})))]
pub(crate) struct GraphqlRequest {
    /// The document.
    query: String,
    /// Which of its operations, if it has several.
    #[serde(rename = "operationName")]
    #[schema(required = false)]
    operation_name: Option<String>,
    /// The variables.
    #[schema(required = false, value_type = Option<Object>)]
    variables: Value,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphqlResponse {
    /// What was asked; absent when the document was refused.
    #[schema(required = false, value_type = Option<Object>)]
    data: Value,
    /// What was refused, each with its problem document in `extensions`.
    #[schema(required = false)]
    errors: Vec<GraphqlError>,
}

/// Why there is no value at a place.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphqlError {
    message: String,
    /// Where in the answer, names and indices.
    #[schema(required = false)]
    path: Vec<Value>,
    extensions: super::problems::Problem,
}
