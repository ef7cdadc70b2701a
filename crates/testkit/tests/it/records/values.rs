//! Values: nothing is lost on the way into the store and back.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Admin, Caller, TABLE, TestApp};

/// Stores an item, as text, and reads it.
async fn there_and_back(admin: &Admin, item: &str) -> Value {
    let event = format!("{{\"operation\":\"create\",\"tableName\":\"{TABLE}\",\"payload\":{{\"Item\":{item}}}}}");
    admin.call(Method::POST, "/DynamoDBManager").body(event).await.result();
    let id = serde_json::from_str::<Value>(item).unwrap()["id"].clone();
    admin.operate("read", &json!({"Key": {"id": id}})).await.result()["Item"].clone()
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let item = json!({
        "id": "all", "none": null, "yes": true, "text": "ü\u{0}\n\"", "empty": "", "list": [1, [], {}, null], "map": {"a.b": {" ": ""}},
        "bytes": {"$binary": "AP+A"}, "no bytes": {"$binary": ""}, "texts": {"$stringSet": ["a", ""]},
        "numbers": {"$numberSet": [1, 2.5]}, "several": {"$binarySet": ["AA==", "AP8="]},
        "like bytes": {"$$binary": "AP+A"}, "like more": [{"$$$stringSet": {"$binary": "AA=="}}], "two": {"$binary": 1, "b": 2},
        "$binary": "a name like any other",
    });
    let mut back = there_and_back(&admin, &item.to_string()).await;
    // A set has no order.
    for name in ["texts", "numbers", "several"] {
        let elements = back[name].as_object_mut().unwrap().values_mut().next().unwrap();
        elements.as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    let mut item = item;
    item["texts"] = json!({"$stringSet": ["", "a"]});
    assert_eq!(back, item);
}

#[tokio::test]
async fn a_number_keeps_its_digits() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (sent, kept) in [
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"),
        ("-98765432109876543210.987654321098765432", "-98765432109876543210.987654321098765432"),
        ("1e3", "1000"),
        ("1.50", "1.5"),
        ("-0", "0"),
        ("1E-130", &format!("0.{}1", "0".repeat(129))),
        ("9.9E125", &format!("99{}", "0".repeat(124))),
    ] {
        let item = format!("{{\"id\":\"n\",\"n\":{sent},\"s\":{{\"$numberSet\":[{sent}]}}}}");
        let back = there_and_back(&admin, &item).await;
        assert_eq!(
            (back["n"].to_string().as_str(), back["s"]["$numberSet"][0].to_string().as_str()),
            (kept, kept),
            "{sent}"
        );
    }
}

#[tokio::test]
async fn an_item_of_400_kilobytes_fits_with_every_byte_escaped() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let name_and_id = "id".len() + "1".len() + "t".len();
    let text = "\\u0001".repeat(400 * 1024 - name_and_id);
    let back = there_and_back(&admin, &format!("{{\"id\":\"1\",\"t\":\"{text}\"}}")).await;
    assert_eq!(back["t"].as_str().unwrap().len(), 400 * 1024 - name_and_id);
    let item = json!({"Item": {"id": "1", "t": "x".repeat(400 * 1024)}});
    let message = "An error occurred (ValidationException) when calling the PutItem operation: Item size has exceeded the \
                   maximum allowed size";
    admin.operate("create", &item).await.raised(400, "ClientError", message);
}
