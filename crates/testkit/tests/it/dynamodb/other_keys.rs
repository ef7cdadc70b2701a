//! Tables that others made, with other keys and indexes, found while serving: clients get 503, and nothing of it is a 500.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use serde_json::json;
use testkit::{Caller, NINE, TestApp};

/// An index that a table should have, as it should not be: its name, its sort attribute, and what it shows.
pub(super) type OtherIndex = (&'static str, &'static str, ProjectionType);

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
}

/// Puts an empty table in the place of another: a partition key of strings, and these indexes, by `userID` and a string.
pub(super) async fn replace(client: &Client, table: &str, partition: &str, indexes: &[OtherIndex]) {
    client.delete_table().table_name(table).send().await.unwrap();
    let attribute = |name: &str| {
        let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        attribute.build().unwrap()
    };
    let create = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    let mut create = create.attribute_definitions(attribute(partition)).key_schema(key(partition, KeyType::Hash));
    if !indexes.is_empty() {
        create = create.attribute_definitions(attribute("userID"));
    }
    for (name, sort, shown) in indexes {
        let index = GlobalSecondaryIndex::builder().index_name(*name);
        let index = index.key_schema(key("userID", KeyType::Hash)).key_schema(key(sort, KeyType::Range));
        let index = index.projection(Projection::builder().projection_type(shown.clone()).build());
        create = create.attribute_definitions(attribute(sort)).global_secondary_indexes(index.build().unwrap());
    }
    create.send().await.unwrap();
}

#[tokio::test]
async fn requests_that_meet_them_are_answered_with_503() {
    let app = TestApp::on_dynamodb().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let tables = app.raw_tables();
    for (table, partition) in [("users", "id"), ("orders", "userId"), ("bookings", "bookingID"), ("locations", "id")] {
        replace(&tables, table, partition, &[]).await;
    }
    for call in [
        admin.get("/users/{me}"),
        admin.put("/users/{me}", &json!({"name": "Ada"})),
        admin.delete("/users/somebody"),
        admin.order("o"),
        admin.get("/orders/o"),
        admin.get("/users/{me}/bookings"),
        admin.get("/locations/l/resources/r/bookings"),
        admin.book("b", "r", NINE, 60),
        admin.get("/locations/l"),
        admin.put("/locations/l", &json!({"name": "l"})).key("k"),
    ] {
        let answer = call.may_fail().await;
        answer.problem(503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{}", answer.asked);
    }
    // One list goes by the scan of a table, which any key allows, and finds nothing in an empty one.
    assert_eq!(admin.get("/users").await.array().len(), 0);
    admin.get("/locations/l/resources").await.expect(200);
}
