//! `Idempotency-Key`: an operation that writes is done at most once under a key.

use serde_json::{Value, json};
use store::{Key, Table};
use testkit::{Admin, Call, Caller, HOUR, TABLE, TestApp};

fn addition() -> Value {
    json!({
        "Key": {"id": "1"}, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": 1},
        "ReturnValues": "ALL_NEW",
    })
}

fn add(admin: &Admin) -> Call {
    admin.operate("update", &addition())
}

async fn count(admin: &Admin) -> Value {
    admin.operate("read", &json!({"Key": {"id": "1"}})).await.result()["Item"]["n"].clone()
}

#[tokio::test]
async fn a_repeated_write_is_done_once_and_answered_alike() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = add(&admin).key("k").await;
    let second = add(&admin).key("k").await;
    assert_eq!(first.result(), json!({"Attributes": {"id": "1", "n": 1}}));
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
    let event = json!({"operation": "update", "tableName": TABLE, "payload": addition()});
    let other_spelling = admin.post("/dynamodbmanager", &event).key("k").await;
    assert_eq!((other_spelling.header("idempotent-replayed"), &other_spelling.body), (Some("true"), &first.body));
    assert_eq!(count(&admin).await, 1);
    add(&admin).key("l").await.result();
    assert_eq!(count(&admin).await, 2);
    admin.operate("delete", &json!({"Key": {"id": "1"}})).key("k").await.problem(422, "idempotency-key-reused");
    app.clock.advance_seconds(24 * HOUR);
    let admin = app.admin().await;
    add(&admin).key("k").await.result();
    assert_eq!(count(&admin).await, 3);
}

#[tokio::test]
async fn repeats_at_the_same_time_add_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut answers = Vec::new();
    for answer in (0..8).map(|_| tokio::spawn(async_call(add(&admin).key("k")))) {
        answers.push(answer);
    }
    let mut done = 0;
    for answer in answers {
        let answer = answer.await.unwrap();
        match answer.status {
            200 => done += 1,
            _ => drop(answer.problem(409, "idempotency-key-in-use")),
        }
    }
    assert!(done >= 1);
    assert_eq!(count(&admin).await, 1);
    assert_eq!(add(&admin).key("k").await.header("idempotent-replayed"), Some("true"));
}

async fn async_call(call: Call) -> testkit::Answer {
    call.await
}

#[tokio::test]
async fn definite_refusals_are_repeated_with_their_errors() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let item = json!({"id": "1", "n": 7});
    admin.operate("create", &json!({"Item": item})).await.result();
    let create = json!({
        "Item": {"id": "1"}, "ConditionExpression": "attribute_not_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let refused = || admin.operate("create", &create).key("k");
    let mut first = refused().await.problem(409, "condition-failed");
    admin.operate("delete", &json!({"Key": {"id": "1"}})).await.result();
    let again = refused().await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let mut second = again.problem(409, "condition-failed");
    first["request_id"].take();
    second["request_id"].take();
    assert_eq!((&first, &first["Item"]), (&second, &item));
    assert_eq!(count(&admin).await, Value::Null);
}

async fn a_request_that_dynamodb_refuses_as_wrong_leaves_the_key_free(app: TestApp) {
    let admin = app.admin().await;
    for wrong in [json!({"Item": {"no": "1"}}), json!({"Item": {"id": 1}})] {
        let answer = admin.operate("create", &wrong).key("k").await;
        assert_eq!(answer.header("idempotent-replayed"), None);
        assert_eq!(answer.problem(400, "invalid")["errorType"], "ClientError");
    }
    add(&admin).key("k").await.result();
    assert_eq!(add(&admin).key("k").await.header("idempotent-replayed"), Some("true"));
    assert_eq!(count(&admin).await, 1);
}

#[tokio::test]
async fn a_wrong_request_leaves_the_key_free_on_the_embedded_store() {
    a_request_that_dynamodb_refuses_as_wrong_leaves_the_key_free(TestApp::embedded(|_| {}).await).await;
}

#[tokio::test]
async fn a_wrong_request_leaves_the_key_free_on_dynamodb() {
    a_request_that_dynamodb_refuses_as_wrong_leaves_the_key_free(TestApp::on_dynamodb().await).await;
}

#[tokio::test]
async fn what_is_refused_before_the_table_is_asked_leaves_the_key_free() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.operate("update", &json!({"Kye": {}})).key("k").await.problem(400, "invalid");
    admin.event(&json!({"operation": "update", "payload": []})).key("k").await.problem(400, "invalid");
    let other = json!({"operation": "update", "tableName": "other", "payload": addition()});
    admin.event(&other).key("k").await.problem(404, "not-found");
    add(&admin).key("k").await.result();
    assert_eq!(count(&admin).await, 1);
}

#[tokio::test]
async fn what_only_reads_is_done_each_time() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 1..=3 {
        add(&admin).await.result();
        let read = admin.operate("read", &json!({"Key": {"id": "1"}})).key("k").await;
        assert_eq!((read.header("idempotent-replayed"), &read.result()["Item"]["n"]), (None, &json!(number)));
        let list = admin.operate("list", &json!({})).key("k").await.result();
        assert_eq!(list["Items"][0]["n"], number);
        let echo = admin.event(&json!({"operation": "echo", "payload": number})).key("k").await;
        assert_eq!(echo.json(200), number);
    }
}

#[tokio::test]
async fn a_claim_without_an_answer_is_never_taken_over() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    add(&admin).key("k").await.result();
    // As after a crash between the operation and the record of its answer.
    let key = Key::new(Table::Idempotency, format!("{}#POST#/DynamoDBManager#k", admin.sub));
    let mut record = app.item(&key).await.unwrap();
    record.as_object_mut().unwrap().retain(|name, _| !["success", "body"].contains(&name.as_str()));
    record["claimed"] = json!(true);
    app.put_item(key, &record).await;
    for _ in 0..2 {
        let answer = add(&admin).key("k").await;
        assert_eq!((answer.header("retry-after"), answer.header("idempotent-replayed")), (Some("1"), None));
        let problem = answer.problem(409, "idempotency-key-in-use");
        assert!(problem["detail"].as_str().unwrap().contains("Read the item"), "{problem}");
    }
    assert_eq!(count(&admin).await, 1);
    admin.operate("delete", &json!({"Key": {"id": "1"}})).key("k").await.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn an_answer_that_is_too_large_to_be_kept_is_given_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let create = json!({"Item": {"id": "1", "t": "x".repeat(400 * 1024 - 10)}, "ReturnValues": "ALL_OLD"});
    let first = admin.operate("create", &create).key("a").await.expect(200);
    assert_eq!(admin.operate("create", &create).key("a").await.expect(200).body, first.body);
    let first = admin.operate("create", &create).key("b").await.result();
    assert_eq!(first["Attributes"]["id"], "1");
    admin.operate("create", &create).key("b").await.problem(409, "idempotency-answer-not-kept");
}
