//! Table operations.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What is to be done with which table.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "operation": "create", "tableName": "lambda-apigateway", "payload": {"Item": {"id": "1", "name": "Bob"}}
})))]
pub(crate) struct TableOperation {
    /// `create` (PutItem), `read` (GetItem), `update` (UpdateItem), `delete` (DeleteItem), `list` (Scan), `echo` or `ping`.
    #[schema(pattern = "^(create|read|update|delete|list|echo|ping)$")]
    operation: String,
    /// One of the tables that are served, by default the first of them; not looked at by `echo` and `ping`.
    #[serde(rename = "tableName")]
    #[schema(required = false)]
    table_name: String,
    /// The operation's parameters in DynamoDB's API, with plain values, such as `Item` or `Key`; of `echo` anything.
    #[schema(required = false)]
    payload: Value,
}
