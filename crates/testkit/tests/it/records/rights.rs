//! Who may work on tables.

use serde_json::json;
use testkit::{Caller, TABLE, TestApp};

#[tokio::test]
async fn tables_are_for_administrators() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    for path in ["/DynamoDBManager", "/dynamodbmanager"] {
        for operation in ["create", "read", "update", "delete", "list", "echo", "ping", "drop"] {
            let event = json!({"operation": operation, "tableName": TABLE, "payload": {"Item": {"id": "1"}}});
            let problem = ada.post(path, &event).await.problem(403, "forbidden");
            assert_eq!((problem.get("errorType"), problem.get("errors")), (None, None));
            assert_eq!(problem["detail"], "You are not permitted to do this (OperateTable); administrators are.");
            let answer = app.anonymous().post(path, &event).await;
            let problem = answer.problem(401, "unauthorized");
            assert_eq!((problem.get("errorType"), problem.get("errors")), (None, None));
        }
    }
    assert_eq!(admin.operate("list", &json!({})).await.result()["Count"], 0);
}

#[tokio::test]
async fn another_method_is_405() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for path in ["/DynamoDBManager", "/dynamodbmanager"] {
        admin.get(path).await.problem(405, "method-not-allowed");
        admin.put(path, &json!({"operation": "ping"})).await.problem(405, "method-not-allowed");
    }
    admin.post("/DYNAMODBMANAGER", &json!({"operation": "ping"})).await.problem(404, "not-found");
}
