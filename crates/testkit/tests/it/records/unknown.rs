//! Writes whose outcome is unknown, on DynamoDB: never done a second time under their key.

use serde_json::json;
use testkit::{Admin, Call, Caller, Fault, Refusal, TestApp};

fn add(admin: &Admin) -> Call {
    admin.operate(
        "update",
        &json!({"Key": {"id": "1"}, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": 1}}),
    )
}

#[tokio::test]
async fn a_keyed_write_whose_answer_was_lost_is_not_done_again() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    for (number, fault) in [Fault::DropAfter, Fault::ErrorAfter].into_iter().enumerate() {
        let key = format!("k{number}");
        proxy.meet("UpdateItem", fault);
        add(&admin).key(&key).may_fail().await.problem(503, "outcome-unknown");
        proxy.relent();
        add(&admin).key(&key).await.problem(409, "idempotency-key-in-use");
        let read = admin.operate("read", &json!({"Key": {"id": "1"}, "ConsistentRead": true})).await;
        assert_eq!(read.result()["Item"]["n"], number + 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_was_certainly_not_done_leaves_the_key_free() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    for (number, (code, status, rule)) in [
        ("ThrottlingException", 429, "throttled"),
        ("ProvisionedThroughputExceededException", 429, "throttled"),
        ("TransactionConflictException", 409, "write-conflict"),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("k{number}");
        proxy.tell("UpdateItem", Refusal::new(code, "slow down"));
        let answer = add(&admin).key(&key).await;
        let message = format!("An error occurred ({code}) when calling the UpdateItem operation: slow down");
        assert_eq!(answer.raised(status, code, &message)["code"], rule);
        assert_eq!(answer.header("retry-after").is_some(), status == 429);
        proxy.relent();
        add(&admin).key(&key).await.result();
        let read = admin.operate("read", &json!({"Key": {"id": "1"}, "ConsistentRead": true})).await;
        assert_eq!(read.result()["Item"]["n"], number + 1, "{code}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_service_is_503_and_not_the_clients() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    for (number, code) in ["AccessDeniedException", "UnrecognizedClientException"].into_iter().enumerate() {
        let key = format!("k{number}");
        proxy.tell("UpdateItem", Refusal::new(code, "no"));
        let answer = add(&admin).key(&key).may_fail().await;
        let problem = answer.problem(503, "unavailable");
        assert!(answer.header("retry-after").is_some() && problem.get("errorType").is_none(), "{problem}");
        proxy.relent();
        // Nothing was done, so that the key is free.
        add(&admin).key(&key).await.result();
    }
    proxy.tell("UpdateItem", Refusal::new("InternalServerError", "no"));
    let answer = add(&admin).may_fail().await;
    answer.problem(503, "outcome-unknown");
    assert!(answer.header("retry-after").is_none());
}
