//! Table operations as the port has them: passed on to DynamoDB as they are, and its answers and errors given back as they are.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use store::StoreError;
use store::records::{Call, Fault, Operation, Outcome, Records, RecordsTable};
use testkit::{Fault as Met, Proxy, Refusal, TestApp};

/// As many attempts as DESIGN promises.
const ATTEMPTS: usize = 16;

struct Table {
    app: TestApp,
    records: Arc<dyn Records>,
    table: RecordsTable,
}

impl Table {
    fn of(app: TestApp) -> Self {
        let records = app.instance.backing.records();
        Self { app, records, table: "lambda-apigateway:id".parse().unwrap() }
    }

    async fn new() -> Self {
        Self::of(TestApp::on_dynamodb().await)
    }

    async fn behind_proxy() -> (Self, Proxy) {
        let (app, proxy) = TestApp::behind_proxy().await;
        (Self::of(app), proxy)
    }

    async fn send(&self, operation: Operation, parameters: Value) -> Result<Outcome, StoreError> {
        let Value::Object(mut parameters) = parameters else { panic!("{parameters}") };
        parameters.insert("TableName".to_owned(), self.table.name.clone().into());
        self.records.call(Call { operation, table: self.table.clone(), parameters }).await
    }

    async fn done(&self, operation: Operation, parameters: Value) -> Value {
        Value::Object(self.send(operation, parameters).await.unwrap().unwrap().members().unwrap())
    }

    async fn refused(&self, operation: Operation, parameters: Value) -> Fault {
        self.send(operation, parameters).await.unwrap().unwrap_err()
    }

    /// What is under a key, as the engine itself says.
    async fn stored(
        &self,
        id: &str,
    ) -> Option<std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>> {
        let id = aws_sdk_dynamodb::types::AttributeValue::S(id.to_owned());
        let get = self.app.raw_tables().get_item().table_name(&self.table.name).key("id", id).consistent_read(true);
        get.send().await.unwrap().item
    }
}

fn key(id: &str) -> Value {
    json!({"id": {"S": id}})
}

/// An addition that must not be done twice.
fn addition() -> Value {
    json!({
        "Key": key("counter"), "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    })
}

/// An item with every kind of value.
fn every_kind() -> Value {
    json!({
        "id": {"S": "all"}, "s": {"S": "ü\u{0}\n"}, "empty": {"S": ""}, "yes": {"BOOL": true}, "none": {"NULL": true},
        "n": {"N": "12345678901234567890123456789012345678"}, "tiny": {"N": "-0.00000000000000000000000000000000000001"},
        "b": {"B": "AP+A"}, "l": {"L": [{"N": "1"}, {"M": {}}, {"L": []}]}, "m": {"M": {"$": {"S": "x"}, "a.b": {"B": ""}}},
        "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["2.5"]}, "bs": {"BS": ["AA==", "AP8="]},
    })
}

#[tokio::test]
async fn every_operation_is_passed_on_and_loses_nothing() {
    let table = Table::new().await;
    assert_eq!(table.done(Operation::PutItem, json!({"Item": every_kind()})).await, json!({}));
    let got = table.done(Operation::GetItem, json!({"Key": key("all"), "ConsistentRead": true})).await;
    assert_eq!(got, json!({"Item": every_kind()}));
    let old = json!({"Item": key("all"), "ReturnValues": "ALL_OLD", "ReturnConsumedCapacity": "TOTAL"});
    let old = table.done(Operation::PutItem, old).await;
    assert_eq!((&old["Attributes"], &old["ConsumedCapacity"]["TableName"]), (&every_kind(), &json!(table.table.name)));
    assert_eq!(table.done(Operation::UpdateItem, addition()).await, json!({"Attributes": {"n": {"N": "1"}}}));
    let page = table.done(Operation::Scan, json!({"Limit": 1})).await;
    assert_eq!((&page["Count"], &page["ScannedCount"]), (&json!(1), &json!(1)));
    let rest = json!({"ExclusiveStartKey": page["LastEvaluatedKey"], "FilterExpression": "attribute_exists(n)"});
    let rest = table.done(Operation::Scan, rest).await;
    assert_eq!(rest["ScannedCount"], 1, "{rest}");
    // No other table is reached.
    let other = json!({"Key": key("x"), "TableName": "keys"}).as_object().unwrap().clone();
    let other = Call { operation: Operation::GetItem, table: table.table.clone(), parameters: other };
    assert_eq!(table.records.call(other).await, Ok(Ok(Map::new().into())));
    let deleted = table.done(Operation::DeleteItem, json!({"Key": key("counter"), "ReturnValues": "ALL_OLD"})).await;
    assert_eq!(deleted, json!({"Attributes": {"id": {"S": "counter"}, "n": {"N": "1"}}}));
    assert_eq!(table.done(Operation::GetItem, json!({"Key": key("counter")})).await, json!({}));
}

#[tokio::test]
async fn errors_of_the_request_come_back_as_they_are() {
    let table = Table::new().await;
    let item = json!({"id": {"S": "i"}, "n": {"N": "12345678901234567890123456789012345678"}});
    table.done(Operation::PutItem, json!({"Item": item})).await;
    let conditional = json!({
        "Item": key("i"), "ConditionExpression": "attribute_not_exists(id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let fault = table.refused(Operation::PutItem, conditional).await;
    assert_eq!(
        (fault.kind.as_str(), fault.message.as_str()),
        ("ConditionalCheckFailedException", "The conditional request failed")
    );
    assert_eq!(fault.item, item.as_object().cloned());
    let fault = table.refused(Operation::PutItem, json!({"Item": {"no": {"S": "key"}}})).await;
    assert_eq!((fault.kind.as_str(), fault.item), ("ValidationException", None));
    assert!(fault.message.contains("Missing the key id"), "{}", fault.message);
    let fault = table.refused(Operation::GetItem, json!({"Key": "text"})).await;
    assert!(fault.kind == "SerializationException" && !fault.message.is_empty(), "{fault:?}");
    // What the SDK would not even send.
    let fault = table.refused(Operation::UpdateItem, json!({"Key": key("i"), "ReturnValues": "NEVER"})).await;
    assert!(fault.kind == "ValidationException" && fault.message.contains("enum value set"), "{fault:?}");
    let missing = Table { table: "is-missing:id".parse().unwrap(), ..table };
    let fault = missing.refused(Operation::Scan, json!({})).await;
    assert_eq!(fault.kind, "ResourceNotFoundException");
    assert_eq!(Table { table: "lambda-apigateway:id".parse().unwrap(), ..missing }.stored("i").await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_update_whose_answer_is_lost_is_not_done_twice() {
    let (table, proxy) = Table::behind_proxy().await;
    for (count, fault) in [Met::DropAfter, Met::ErrorAfter].into_iter().enumerate() {
        proxy.meet("UpdateItem", fault);
        let error = table.send(Operation::UpdateItem, addition()).await.unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, StoreError::Unknown(_)) && text.contains("whether this UpdateItem was done is unknown"),
            "{text}"
        );
        assert!(text.contains("table lambda-apigateway"), "{text}");
        let counter = &table.stored("counter").await.unwrap()["n"];
        assert_eq!(counter.as_n().unwrap(), &(count + 1).to_string(), "{fault:?}");
    }
    for (target, operation, parameters) in [
        ("PutItem", Operation::PutItem, json!({"Item": key("p")})),
        ("DeleteItem", Operation::DeleteItem, json!({"Key": key("counter")})),
        ("UpdateItem", Operation::UpdateItem, addition()),
    ] {
        proxy.meet(target, Met::ErrorBefore);
        let before = proxy.requests_of(target);
        assert!(table.send(operation, parameters).await.is_err());
        assert_eq!(proxy.requests_of(target) - before, 1, "{operation:?} is sent once");
    }
}

#[tokio::test]
async fn reads_are_tried_again_whatever_happened() {
    let (table, proxy) = Table::behind_proxy().await;
    for (target, operation, parameters) in
        [("GetItem", Operation::GetItem, json!({"Key": key("i")})), ("Scan", Operation::Scan, json!({}))]
    {
        proxy.meet(target, Met::ErrorAfter);
        let before = proxy.requests_of(target);
        let error = table.send(operation, parameters.clone()).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(proxy.requests_of(target) - before > 1, "{operation:?}");
        proxy.relent();
        table.done(operation, parameters).await;
    }
}

#[tokio::test]
async fn what_was_not_done_is_tried_again() {
    let (table, proxy) = Table::behind_proxy().await;
    for code in ["ProvisionedThroughputExceededException", "ThrottlingException", "TransactionConflictException"] {
        let before = proxy.told();
        proxy.tell("UpdateItem", Refusal::new(code, "slow down"));
        let fault = table.refused(Operation::UpdateItem, addition()).await;
        assert_eq!((fault.kind.as_str(), fault.message.as_str()), (code, "slow down"));
        assert!(proxy.told() - before >= ATTEMPTS, "{code}");
    }
    let before = proxy.told();
    let waiting = table.send(Operation::UpdateItem, addition());
    let relenting =
        testkit::poll::until("some attempts", async || (proxy.told() - before >= 5).then(|| proxy.relent()));
    let (done, ()) = tokio::join!(waiting, relenting);
    assert_eq!(done.unwrap().unwrap().members().unwrap()["Attributes"]["n"]["N"], "1");
}

#[tokio::test]
async fn errors_of_the_operator_are_the_stores() {
    let (table, proxy) = Table::behind_proxy().await;
    for (code, advice) in [
        ("AccessDeniedException", "extend their policy"),
        ("UnrecognizedClientException", "check key, secret, region"),
        ("ExpiredTokenException", "renew them"),
        ("SomethingNewException", "no"),
    ] {
        proxy.tell("", Refusal::new(code, "no"));
        let error = table.send(Operation::GetItem, json!({"Key": key("i")})).await.unwrap_err().to_string();
        assert!(error.contains("table lambda-apigateway") && error.contains(advice), "{error}");
    }
    for code in ["ItemCollectionSizeLimitExceededException", "ValidationException"] {
        proxy.tell("", Refusal::new(code, "too much"));
        let fault = table.refused(Operation::PutItem, json!({"Item": key("i")})).await;
        assert_eq!((fault.kind.as_str(), fault.message.as_str()), (code, "too much"));
    }
}

#[tokio::test]
async fn what_is_consumed_is_counted_and_told_only_to_those_who_ask() {
    let table = Table::new().await;
    let before = table.app.consumed();
    let answer = table.done(Operation::PutItem, json!({"Item": every_kind(), "ReturnConsumedCapacity": "NONE"})).await;
    assert_eq!(answer, Value::Object(Map::new()));
    assert!(table.done(Operation::GetItem, json!({"Key": key("all")})).await.get("ConsumedCapacity").is_none());
    let after = table.app.consumed();
    assert_eq!((after.write_halves - before.write_halves, after.read_halves - before.read_halves), (2, 1));
}
