//! POST /DynamoDBManager

use axum::extract::{Request, State};

use crate::answer;
use crate::payload::Event;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::problems::Problem;
use crate::schema::records::TableOperation;
use crate::state::Shared;

/// The route, in whichever of its two spellings it is asked for.
const ROUTE: &str = "/DynamoDBManager";

/// Work on a table
///
/// For administrators. As the function of AWS's tutorial on Lambda and API Gateway does. The payload has the parameters of DynamoDB's operation with plain
/// JSON values; so has the result. What JSON lacks is `{"$binary": "aGk="}` (base64), `{"$stringSet": ["a"]}`, `{"$numberSet": [1]}` and
/// `{"$binarySet": ["aGk="]}`; a map of yours that looks like one of these has one more `$` in front. Tables are those of
/// `--records-table`; without `tableName` the first of them is meant. A page of `list` ends after `Limit` items or 1 MB; where it has a
/// `LastEvaluatedKey`, send that as the next page's `ExclusiveStartKey`. There is no Query. Under an `Idempotency-Key` create, update and
/// delete are done at most once; after 400, 404, 413 and 429 nothing was done, and the key is free. `/dynamodbmanager` is the same route.
#[utoipa::path(
    post,
    path = "/DynamoDBManager",
    operation_id = "OperateTable",
    tag = "tables",
    request_body(content = TableOperation, examples(
        ("create" = (summary = "Create or replace an item", value = json!({
            "operation": "create", "tableName": "lambda-apigateway",
            "payload": {"Item": {"id": "1", "name": "Bob", "tags": {"$stringSet": ["new"]}, "photo": {"$binary": "aGk="}}}
        }))),
        ("read" = (summary = "Read an item", value = json!({
            "operation": "read", "payload": {"Key": {"id": "1"}, "ConsistentRead": true}
        }))),
        ("update" = (summary = "Change an item", value = json!({
            "operation": "update", "tableName": "lambda-apigateway",
            "payload": {
                "Key": {"id": "1"}, "UpdateExpression": "SET #n = :n ADD visits :one", "ReturnValues": "ALL_NEW",
                "ExpressionAttributeNames": {"#n": "name"}, "ExpressionAttributeValues": {":n": "Alice", ":one": 1}
            }
        }))),
        ("delete" = (summary = "Delete an item", value = json!({
            "operation": "delete", "tableName": "lambda-apigateway",
            "payload": {"Key": {"id": "1"}, "ConditionExpression": "attribute_exists(id)", "ReturnValues": "ALL_OLD"}
        }))),
        ("list" = (summary = "A page of items", value = json!({
            "operation": "list", "tableName": "lambda-apigateway", "payload": {"Limit": 10, "ExclusiveStartKey": {"id": "1"}}
        }))),
        ("echo" = (summary = "The payload back", value = json!({"operation": "echo", "payload": {"somekey1": "somevalue1"}}))),
        ("ping" = (summary = "Whether anybody is there", value = json!({"operation": "ping"})))
    )),
    responses(
        (
            status = 200, description = "DynamoDB's response with plain values; the payload of `echo`; `\"pong\"`.", body = Value,
            examples(
                ("create" = (value = json!({"ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "r1"}}))),
                ("read" = (value = json!({
                    "Item": {"id": "1", "name": "Bob"}, "ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "r1"}
                }))),
                ("list" = (value = json!({
                    "Items": [{"id": "1"}], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {"id": "1"},
                    "ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "r1"}
                }))),
                ("ping" = (value = json!("pong")))
            )
        ),
        (
            status = 400, description = "The request is wrong: `errorType` and `errorMessage` are those of Python and its AWS SDK.",
            body = Problem, content_type = "application/problem+json",
            examples(
                ("operation" = (value = json!({
                    "type": "urn:frontdesk:problem:invalid", "title": "Bad Request", "status": 400, "code": "invalid",
                    "detail": "ValueError: Unrecognized operation \"drop\"; there are create, read, update, delete, list, echo and ping.",
                    "request_id": "r1", "errorType": "ValueError", "errorMessage": "Unrecognized operation \"drop\""
                }))),
                ("validation" = (value = json!({
                    "type": "urn:frontdesk:problem:invalid", "title": "Bad Request", "status": 400, "code": "invalid",
                    "detail": "The provided key element does not match the schema", "request_id": "r1", "errorType": "ClientError",
                    "errorMessage": "An error occurred (ValidationException) when calling the GetItem operation: The provided key \
                                     element does not match the schema"
                })))
            )
        ),
        (
            status = 404, description = "The table is none of those that are served, is missing on DynamoDB, or table operations are \
                turned off (`ResourceNotFoundException`)."
        ),
        (
            status = 409, description = "The item does not meet the condition (`condition-failed`), another write is in the way \
                (`write-conflict`, the key is free again), or the first request under this `Idempotency-Key` has no known outcome \
                (`idempotency-key-in-use`, with `Retry-After`) or an answer too large to be kept (`idempotency-answer-not-kept`).",
            body = Problem, content_type = "application/problem+json",
            example = json!({
                "type": "urn:frontdesk:problem:condition-failed", "title": "Conflict", "status": 409, "code": "condition-failed",
                "detail": "The conditional request failed", "request_id": "r1",
                "errorType": "ConditionalCheckFailedException",
                "errorMessage": "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: The \
                                 conditional request failed",
                "Item": {"id": "1", "name": "Bob"}
            })
        ),
        (status = 429, description = "More than the table takes at this moment; nothing was done. Try again after `Retry-After`.")
    )
)]
pub(crate) async fn operate_table(
    State(state): State<Shared>,
    permit: Permit<action::OperateTable>,
    request: Request,
) -> Answer {
    let Event { terms, body } = Event::read(request, ROUTE).await?;
    let command = permit.command(&state, terms);
    Ok(answer::reply(state.app.operate_table(command, &body).await?))
}
