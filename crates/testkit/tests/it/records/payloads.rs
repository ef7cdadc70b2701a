//! Payloads that are large or deep.

use reqwest::Method;
use serde_json::json;
use testkit::{Admin, Call, Caller, TABLE, TestApp};

fn event(admin: &Admin, operation: &str, payload: &str) -> Call {
    let event = format!("{{\"operation\":\"{operation}\",\"tableName\":\"{TABLE}\",\"payload\":{payload}}}");
    admin.call(Method::POST, "/DynamoDBManager").body(event)
}

#[tokio::test]
async fn nesting_is_dynamodbs_and_thousands_of_levels_are_refused_like_forty() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let item =
        |levels: usize| format!("{{\"Item\":{{\"id\":\"1\",\"a\":{}1{}}}}}", "[".repeat(levels), "]".repeat(levels));
    let message = "An error occurred (ValidationException) when calling the PutItem operation: Nesting Levels have exceeded \
                   supported limits: Attributes in the item have nested levels beyond supported limit";
    for levels in [40, 90, 101, 5_000, 500_000] {
        let problem = event(&admin, "create", &item(levels)).await.problem(400, "invalid");
        assert_eq!(problem["errorType"], "ClientError", "{levels}");
        let said = problem["errorMessage"].as_str().unwrap();
        assert!(said == message || (levels < 100 && said.contains("Nesting Levels")), "{levels}: {said}");
    }
    assert_eq!(admin.operate("list", &json!({})).await.result()["Count"], 0);
    event(&admin, "create", &item(31)).await.result();
}

#[tokio::test]
async fn an_expression_of_a_megabyte_is_refused_by_dynamodb() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for expression in [
        "a".repeat(1_048_576),
        format!("attribute_exists(id){}", " OR attribute_exists(id)".repeat(40_000)),
        format!("{}attribute_exists(id){}", "(".repeat(100_000), ")".repeat(100_000)),
        "NOT ".repeat(100_000) + "attribute_exists(id)",
    ] {
        let payload = json!({"Item": {"id": "1"}, "ConditionExpression": expression});
        let problem = admin.operate("create", &payload).await.problem(400, "invalid");
        assert_eq!(problem["errorType"], "ClientError");
        assert!(problem["errorMessage"].as_str().unwrap().contains("Invalid ConditionExpression"), "{problem}");
    }
    assert_eq!(admin.operate("list", &json!({})).await.result()["Count"], 0);
}

#[tokio::test]
async fn a_body_and_its_values_are_bounded() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = "x".repeat(4 * 1024 * 1024 + 1);
    let problem = admin.call(Method::POST, "/DynamoDBManager").body(body).await.problem(413, "too-large");
    assert_eq!(problem["errorType"], "RequestTooLargeException");
    let many = format!("{{\"Item\":{{\"id\":\"1\",\"a\":[{}0]}}}}", "0,".repeat(1_000_000));
    let problem = event(&admin, "create", &many).await.problem(413, "too-large");
    assert_eq!(problem["errorType"], "RequestTooLargeException");
    // Each of its values is wrong, and the answer is short all the same.
    let wrong = format!("{{\"Key\":{{}},\"AttributesToGet\":[{}0]}}", "0,".repeat(300_000));
    let answer = event(&admin, "read", &wrong).await;
    assert_eq!(answer.problem(400, "invalid")["errors"].as_array().unwrap().len(), 20);
    assert!(answer.body.len() < 20_000);
}
