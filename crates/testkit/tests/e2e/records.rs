//! Table operations, where there is a table for them.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use serde_json::{Value, json};
use testkit::{Admin, Answer, Caller};

use crate::desk::{Desk, play};
use crate::settings::table;

/// An operation on the table.
async fn operate(admin: &Admin, table: &str, operation: &str, payload: Value) -> Answer {
    admin.event(&json!({"operation": operation, "tableName": table, "payload": payload})).await
}

async fn scenario(desk: &Desk, table: &str) {
    let (admin, id) = (&desk.admin, &desk.name);
    let key = json!({"id": id});
    let item = json!({"id": id, "name": "Bob", "visits": 1, "price": 12.50, "tags": ["a", null, true]});
    let absent = "attribute_not_exists(id)";
    let create = json!({"Item": item, "ConditionExpression": absent});
    assert_eq!(operate(admin, table, "create", create.clone()).await.result(), json!({}));
    operate(admin, table, "create", create).await.problem(409, "condition-failed");
    let read = json!({"Key": key, "ConsistentRead": true});
    let stored = operate(admin, table, "read", read.clone()).await.result();
    assert_eq!((&stored["Item"]["name"], &stored["Item"]["tags"]), (&item["name"], &item["tags"]));
    let update = json!({
        "Key": key, "UpdateExpression": "SET #n = :n ADD visits :one REMOVE tags", "ReturnValues": "ALL_NEW",
        "ExpressionAttributeNames": {"#n": "name"}, "ExpressionAttributeValues": {":n": "Alice", ":one": 2},
    });
    let updated = operate(admin, table, "update", update).await.result();
    let members = (&updated["Attributes"]["name"], &updated["Attributes"]["visits"], updated["Attributes"].get("tags"));
    assert_eq!(members, (&json!("Alice"), &json!(3), None));
    let filter = json!({"FilterExpression": "id = :id", "ExpressionAttributeValues": {":id": id}});
    let listed = operate(admin, table, "list", filter).await.result();
    // A page may end before it comes to ours.
    assert!(listed["Count"] == 1 || listed.get("LastEvaluatedKey").is_some(), "{listed}");
    let delete = json!({"Key": key, "ReturnValues": "ALL_OLD"});
    let deleted = operate(admin, table, "delete", delete).await.result();
    assert_eq!(deleted["Attributes"]["name"], "Alice");
    assert_eq!(operate(admin, table, "read", read).await.result(), json!({}));
}

#[tokio::test]
async fn an_item_is_created_read_updated_listed_and_deleted() {
    let Some(table) = table() else { return };
    play(async |desk| {
        let outcome = AssertUnwindSafe(scenario(desk, &table)).catch_unwind().await;
        operate(&desk.admin, &table, "delete", json!({"Key": {"id": desk.name}})).await.expect(200);
        outcome.unwrap_or_else(|failed| resume_unwind(failed));
    })
    .await;
}

#[tokio::test]
async fn operations_without_a_table_answer_and_others_are_refused() {
    play(async |desk| {
        let admin = &desk.admin;
        assert_eq!(admin.event(&json!({"operation": "ping"})).await.json(200), json!("pong"));
        let payload = json!({"any": [1, "two"]});
        assert_eq!(admin.event(&json!({"operation": "echo", "payload": payload})).await.json(200), payload);
        let unknown = admin.event(&json!({"operation": "drop", "payload": {}})).await;
        assert_eq!(unknown.json(400)["errorType"], "ValueError");
        let own = operate(admin, "users", "list", json!({})).await;
        assert!((400..500).contains(&own.status), "the product's own tables are none of theirs: {}", own.text());
    })
    .await;
}
