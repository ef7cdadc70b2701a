//! What each operation does.

use reqwest::Method;
use serde_json::json;
use testkit::{Caller, TABLE, TestApp};

#[tokio::test]
async fn an_item_is_created_read_updated_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = json!({"id": "1", "name": "Bob", "visits": 1});
    assert_eq!(admin.operate("create", &json!({"Item": bob})).await.result(), json!({}));
    let read = || admin.operate("read", &json!({"Key": {"id": "1"}, "ConsistentRead": true}));
    assert_eq!(read().await.result(), json!({"Item": bob}));
    let update = json!({
        "Key": {"id": "1"}, "UpdateExpression": "SET #n = :n ADD visits :one REMOVE nothing", "ReturnValues": "ALL_NEW",
        "ExpressionAttributeNames": {"#n": "name"}, "ExpressionAttributeValues": {":n": "Alice", ":one": 2},
    });
    let alice = json!({"id": "1", "name": "Alice", "visits": 3});
    assert_eq!(admin.operate("update", &update).await.result(), json!({"Attributes": alice}));
    let delete = || admin.operate("delete", &json!({"Key": {"id": "1"}, "ReturnValues": "ALL_OLD"}));
    assert_eq!(delete().await.result(), json!({"Attributes": alice}));
    assert_eq!(delete().await.result(), json!({}));
    assert_eq!(read().await.result(), json!({}));
}

#[tokio::test]
async fn values_are_returned_as_asked_for() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let put = |name: &str| json!({"Item": {"id": "1", "name": name}, "ReturnValues": "ALL_OLD"});
    assert_eq!(admin.operate("create", &put("a")).await.result(), json!({}));
    assert_eq!(admin.operate("create", &put("b")).await.result(), json!({"Attributes": {"id": "1", "name": "a"}}));
    for (number, (values, attributes)) in [
        ("NONE", json!({})),
        ("UPDATED_OLD", json!({"Attributes": {"n": 0}})),
        ("UPDATED_NEW", json!({"Attributes": {"n": 2}})),
        ("ALL_OLD", json!({"Attributes": {"id": "1", "name": "b", "n": 2}})),
        ("ALL_NEW", json!({"Attributes": {"id": "1", "name": "b", "n": 4}})),
    ]
    .into_iter()
    .enumerate()
    {
        let update = json!({
            "Key": {"id": "1"}, "UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": number},
            "ReturnValues": values,
        });
        assert_eq!(admin.operate("update", &update).await.result(), attributes, "{values}");
    }
}

#[tokio::test]
async fn conditions_projections_and_filters_are_applied() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (id, n) in [("a", 1), ("b", 2), ("c", 3)] {
        let create =
            json!({"Item": {"id": id, "n": n, "m": {"x": [n]}}, "ConditionExpression": "attribute_not_exists(id)"});
        admin.operate("create", &create).await.result();
        admin.operate("create", &create).await.problem(409, "condition-failed");
    }
    let read = json!({
        "Key": {"id": "b"}, "ProjectionExpression": "#m.x[0], n", "ExpressionAttributeNames": {"#m": "m"},
    });
    assert_eq!(admin.operate("read", &read).await.result(), json!({"Item": {"m": {"x": [2]}, "n": 2}}));
    let list = json!({
        "FilterExpression": "n >= :two AND NOT id = :c", "ExpressionAttributeValues": {":two": 2, ":c": "c"},
        "ProjectionExpression": "id",
    });
    let listed = json!({"Items": [{"id": "b"}], "Count": 1, "ScannedCount": 3});
    assert_eq!(admin.operate("list", &list).await.result(), listed);
    let count = admin.operate("list", &json!({"Select": "COUNT"})).await.result();
    assert_eq!(count, json!({"Count": 3, "ScannedCount": 3}));
}

#[tokio::test]
async fn parameters_of_before_expressions_work_too() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.operate("create", &json!({"Item": {"id": "1", "n": 1, "x": {"$stringSet": ["a"]}}})).await.result();
    let update = json!({
        "Key": {"id": "1"}, "ReturnValues": "ALL_NEW",
        "AttributeUpdates": {"n": {"Action": "ADD", "Value": 2}, "x": {"Action": "DELETE", "Value": {"$stringSet": ["a"]}}},
        "Expected": {"n": {"Value": 1}, "y": {"Exists": false}},
    });
    assert_eq!(admin.operate("update", &update).await.result(), json!({"Attributes": {"id": "1", "n": 3}}));
    admin.operate("update", &update).await.problem(409, "condition-failed");
    let read = admin.operate("read", &json!({"Key": {"id": "1"}, "AttributesToGet": ["n"]})).await;
    assert_eq!(read.result(), json!({"Item": {"n": 3}}));
    let filter = json!({"ScanFilter": {"n": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [3, 4]}}});
    assert_eq!(admin.operate("list", &filter).await.result()["Count"], 1);
}

#[tokio::test]
async fn an_unmet_condition_shows_the_item_where_that_was_asked_for() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let item = json!({"id": "1", "tags": {"$numberSet": [1]}});
    admin.operate("create", &json!({"Item": item})).await.result();
    let mut delete = json!({"Key": {"id": "1"}, "ConditionExpression": "attribute_not_exists(id)"});
    let message = "An error occurred (ConditionalCheckFailedException) when calling the DeleteItem operation: The conditional \
                   request failed";
    let problem = admin.operate("delete", &delete).await.raised(409, "ConditionalCheckFailedException", message);
    assert_eq!((&problem["code"], problem.get("Item")), (&json!("condition-failed"), None));
    delete["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    let problem = admin.operate("delete", &delete).await.raised(409, "ConditionalCheckFailedException", message);
    assert_eq!(problem["Item"], item);
    assert_eq!(admin.operate("read", &json!({"Key": {"id": "1"}})).await.result(), json!({"Item": item}));
}

#[tokio::test]
async fn an_echo_is_what_was_sent_and_a_ping_is_answered() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for payload in [
        "{\"b\": 1.10, \"a\":[1E+05, 123456789012345678901234567890123456789012]}",
        "null",
        "\"x\"",
        "{\"$binary\":5}",
        &format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)),
    ] {
        let event = format!("{{\"operation\":\"echo\",\"payload\":{payload}}}");
        let answer = admin.call(Method::POST, "/DynamoDBManager").body(event).await.expect(200);
        assert_eq!((answer.text().as_str(), answer.header("content-type")), (payload, Some("application/json")));
    }
    assert_eq!(admin.event(&json!({"operation": "echo"})).await.text(), "null");
    for event in [json!({"operation": "ping"}), json!({"operation": "ping", "tableName": "none", "payload": 5})] {
        assert_eq!(admin.event(&event).await.expect(200).text(), "\"pong\"");
    }
}

#[tokio::test]
async fn curls_label_of_a_form_and_the_other_spelling_make_no_difference() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let event = json!({"operation": "create", "tableName": TABLE, "payload": {"Item": {"id": "1"}}}).to_string();
    for path in ["/DynamoDBManager", "/dynamodbmanager"] {
        let call = admin.call(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(call.body(event.clone()).await.result(), json!({}), "{path}");
    }
    let named = json!({"TableName": TABLE, "Key": {"id": "1"}});
    assert_eq!(admin.operate("read", &named).await.result(), json!({"Item": {"id": "1"}}));
}

#[tokio::test]
async fn what_was_written_outlives_a_restart() {
    let fixed = |setup: &mut frontdesk::compose::Setup| {
        setup.identity.issuer = "https://desk.example.com/local_frontdesk".into()
    };
    let app = TestApp::with(fixed).await;
    let admin = app.admin().await;
    admin.operate("create", &json!({"Item": {"id": "1", "n": 1.5}})).await.result();
    let app = app.restart(fixed).await;
    let admin = app.admin().await;
    let read = admin.operate("read", &json!({"Key": {"id": "1"}})).await;
    assert_eq!(read.result(), json!({"Item": {"id": "1", "n": 1.5}}));
}
