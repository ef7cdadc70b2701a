//! What is refused, and in which words.

use serde_json::{Value, json};
use testkit::{Admin, Caller, TABLE, TestApp};

/// A message of DynamoDB's as the SDK wraps it.
fn client_error(operation: &str, message: &str) -> String {
    format!("An error occurred (ValidationException) when calling the {operation} operation: {message}")
}

async fn admin_with_an_item(app: &TestApp) -> Admin {
    let admin = app.admin().await;
    admin.operate("create", &json!({"Item": {"id": "1", "n": 1, "t": "x", "m": {"a": 1}}})).await.result();
    admin
}

#[tokio::test]
async fn events_and_payloads_are_refused_as_python_and_its_sdk_do() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let event =
        |operation: Value, payload: Value| json!({"operation": operation, "tableName": TABLE, "payload": payload});
    let scan = "Parameter validation failed:\nInvalid type for parameter Limit, value: ten, type: <class 'str'>, valid types: \
                <class 'int'>";
    let get = "Parameter validation failed:\nMissing required parameter in input: \"Key\"\nUnknown parameter in input: \"Id\", \
               must be one of: TableName, Key, AttributesToGet, ConsistentRead, ReturnConsumedCapacity, ProjectionExpression, \
               ExpressionAttributeNames";
    let set = "Parameter validation failed:\nInvalid type for parameter Item.s.$numberSet[1], value: 2, type: <class 'str'>, \
               valid types: <class 'int'>, <class 'float'>";
    for (event, class, message) in [
        (json!({}), "KeyError", "'operation'"),
        (json!([]), "TypeError", "list indices must be integers or slices, not str"),
        (event(json!("drop"), json!({})), "ValueError", "Unrecognized operation \"drop\""),
        (event(json!("Create"), json!({})), "ValueError", "Unrecognized operation \"Create\""),
        (event(json!(null), json!({})), "ValueError", "Unrecognized operation \"None\""),
        (
            json!({"operation": "list", "tableName": TABLE}),
            "TypeError",
            "argument after ** must be a mapping, not NoneType",
        ),
        (event(json!("list"), json!("x")), "TypeError", "argument after ** must be a mapping, not str"),
        (event(json!("list"), json!({"Limit": "ten"})), "ParamValidationError", scan),
        (event(json!("read"), json!({"Id": "1"})), "ParamValidationError", get),
        (
            event(json!("create"), json!({"Item": {"id": "1", "s": {"$numberSet": [1, "2"]}}})),
            "ParamValidationError",
            set,
        ),
        (
            event(json!("list"), json!({"TableName": "other"})),
            "ParamValidationError",
            "Parameter validation failed:\nTableName is another table than tableName; leave it out",
        ),
        (
            json!({"operation": "list", "tableName": 5, "payload": {}}),
            "ParamValidationError",
            "Parameter validation failed:\nInvalid type for parameter TableName, value: 5, type: <class 'int'>, valid types: \
             <class 'str'>",
        ),
    ] {
        admin.event(&event).await.raised(400, class, message);
    }
    let problem = admin.event(&event(json!("list"), json!({"Limit": "ten"}))).await.json(400);
    assert_eq!(problem["errors"][0]["pointer"], "/payload/Limit");
    for body in
        ["", "{", "operation=ping", "{\"operation\":\"list\",\"tableName\":\"x\",\"payload\":{\"a\":\"\\ud800\"}}"]
    {
        let problem = admin.call(reqwest::Method::POST, "/DynamoDBManager").body(body).await.problem(400, "invalid");
        assert_eq!(problem["errorType"], "Runtime.UnmarshalError", "{body}");
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(detail.contains("send JSON"), !body.starts_with("{\"operation"), "{detail}");
    }
    assert_eq!(admin.operate("list", &json!({})).await.result()["Count"], 0);
}

#[tokio::test]
async fn what_is_wrong_with_the_tables_name_is_told_at_its_place() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for name in [json!(5), json!(null), json!(""), json!("a b c")] {
        let event = json!({"operation": "list", "tableName": name, "payload": {}});
        assert_eq!(admin.event(&event).await.pointers(), ["/tableName"], "{name}");
    }
    let own = json!({"operation": "list", "payload": {"TableName": 5}});
    assert_eq!(admin.event(&own).await.pointers(), ["/payload/TableName"]);
    let first = json!({"operation": "list", "payload": {}});
    assert_eq!(admin.event(&first).await.result()["Count"], 0);
}

#[tokio::test]
async fn tables_that_are_not_served_do_not_exist() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let message =
        "An error occurred (ResourceNotFoundException) when calling the Scan operation: Requested resource not found";
    for name in [
        "other",
        "users",
        "keys",
        "credentials",
        "idempotency",
        "LAMBDA-APIGATEWAY",
        "arn:aws:dynamodb:us-east-1:123456789012:table/lambda-apigateway",
    ] {
        let event = json!({"operation": "list", "tableName": name, "payload": {}});
        let problem = admin.event(&event).await.raised(404, "ResourceNotFoundException", message);
        let detail = problem["detail"].as_str().unwrap();
        let said = [name, "--records-table", "served here (`lambda-apigateway`)"];
        assert!(said.iter().all(|said| detail.contains(said)), "{detail}");
    }
    for (name, constraint) in [
        ("ab", "Member must have length greater than or equal to 3"),
        ("a b c", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
        (&"x".repeat(256), "Member must have length less than or equal to 255"),
    ] {
        let event = json!({"operation": "list", "tableName": name, "payload": {}});
        let text = format!(
            "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {constraint}"
        );
        admin.event(&event).await.raised(400, "ClientError", &client_error("Scan", &text));
    }
    let none = TestApp::with(|setup| setup.app.records_tables = Vec::new()).await;
    let admin = none.admin().await;
    for event in [
        json!({"operation": "list", "payload": {}}),
        json!({"operation": "list", "tableName": TABLE, "payload": {}}),
        json!({"operation": "list", "tableName": "other", "payload": {}}),
    ] {
        let problem = admin.event(&event).await.raised(404, "ResourceNotFoundException", message);
        assert!(problem["detail"].as_str().unwrap().contains("table operations are turned off here"), "{problem}");
    }
    assert_eq!(admin.event(&json!({"operation": "ping"})).await.text(), "\"pong\"");
}

/// An update of item 1.
fn update(expression: &str, values: &Value) -> Value {
    let mut payload = json!({"Key": {"id": "1"}, "UpdateExpression": expression});
    if !values.is_null() {
        payload["ExpressionAttributeValues"] = values.clone();
    }
    payload
}

#[tokio::test]
async fn keys_that_are_wrong_are_refused_in_dynamodbs_words() {
    let app = TestApp::start().await;
    let admin = admin_with_an_item(&app).await;
    let schema = "The provided key element does not match the schema";
    for key in [json!({"no": "1"}), json!({"id": "1", "more": "2"}), json!({"id": 1})] {
        let payload = json!({"Key": key});
        admin.operate("read", &payload).await.raised(400, "ClientError", &client_error("GetItem", schema));
        let delete = admin.operate("delete", &payload).await;
        let problem = delete.raised(400, "ClientError", &client_error("DeleteItem", schema));
        assert_eq!(problem["detail"], format!("{schema}; the key of {TABLE} is id (S)."));
    }
    for (item, message) in [
        (json!({"name": "x"}), "One or more parameter values were invalid: Missing the key id in the item"),
        (json!({"id": 1}), "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N"),
        (
            json!({"id": ""}),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string \
             value. Key: id",
        ),
    ] {
        let message = client_error("PutItem", message);
        admin.operate("create", &json!({"Item": item})).await.raised(400, "ClientError", &message);
    }
}

#[tokio::test]
async fn expressions_that_are_wrong_are_refused_in_dynamodbs_words() {
    let app = TestApp::start().await;
    let admin = admin_with_an_item(&app).await;
    for (expression, values, message) in [
        (
            "SET a = :a",
            json!({":a": 1, ":b": 2}),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
        ),
        (
            "SET a = :a",
            json!(null),
            "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :a",
        ),
        (
            "SET a = :a, a.b = :a",
            json!({":a": 1}),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path \
             one: [a], path two: [a, b]",
        ),
        (
            "SET name = :a",
            json!({":a": 1}),
            "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name",
        ),
        (
            "SET id = :a",
            json!({":a": "2"}),
            "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
        ),
        ("ADD t :a", json!({":a": 1}), "An operand in the update expression has an incorrect data type"),
    ] {
        let problem = admin.operate("update", &update(expression, &values)).await.problem(400, "invalid");
        let said = problem["errorMessage"].as_str().unwrap();
        // Whether the count of errors stands in front depends on the check.
        let said = said.replace("operation: 1 validation error detected: ", "operation: ");
        assert_eq!((&problem["errorType"], said), (&json!("ClientError"), client_error("UpdateItem", message)));
    }
    let items = admin.operate("list", &json!({})).await.result()["Items"].clone();
    assert_eq!(items, json!([{"id": "1", "n": 1, "t": "x", "m": {"a": 1}}]));
}

#[tokio::test]
async fn numbers_beyond_dynamodbs_range_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in ["1e126", "1e-131", "123456789012345678901234567890123456789", "1e999999999999999999999"] {
        let event = format!(
            "{{\"operation\":\"create\",\"tableName\":\"{TABLE}\",\"payload\":{{\"Item\":{{\"id\":\"1\",\"n\":{number}}}}}}}"
        );
        let answer = admin.call(reqwest::Method::POST, "/DynamoDBManager").body(event).await;
        let problem = answer.problem(400, "invalid");
        assert_eq!(problem["errorType"], "ClientError", "{problem}");
        assert!(problem["errorMessage"].as_str().unwrap().contains("ValidationException"), "{problem}");
    }
    assert_eq!(admin.operate("list", &json!({})).await.result()["Count"], 0);
}
