//! Both sides: the embedded store, and dynoxide by its own protocol.

use aws::dynoxide::Dynoxide;
use serde_json::{Map, Value, json};
use store::conformance::ManualClock;
use store::records::{Call, Operation, Records, RecordsTable};
use store::sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// A response, or an error's name and message and the item that it shows.
pub(crate) type Answer = Result<Value, (String, String, Value)>;

/// Both sides with the same tables.
pub(crate) struct Engines {
    ours: SqliteStore,
    _directory: TempDir,
    _dynoxide: Option<Dynoxide>,
    url: String,
    http: reqwest::Client,
}

/// Where DynamoDB Local listens, if the tests are to compare with that.
const LOCAL: &str = "FRONTDESK_TEST_DYNAMODB_LOCAL";

/// DynamoDB Local's address, if the tests are to compare with it: an old version, whose messages are others.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests chooses the engine for all of them")]
pub(crate) fn local() -> Option<String> {
    std::env::var(LOCAL).ok()
}

impl Engines {
    pub(crate) async fn start(tables: &[RecordsTable]) -> Self {
        let directory = TempDir::new().unwrap();
        let mut options = Options::new(directory.path());
        options.records_tables = tables.to_vec();
        let ours = SqliteStore::open(options, ManualClock::new()).unwrap();
        let dynoxide = if local().is_none() { Some(Dynoxide::start().await) } else { None };
        let url = local().or_else(|| dynoxide.as_ref().map(Dynoxide::url)).unwrap();
        let http = reqwest::Client::new();
        let engines = Self { ours, _directory: directory, _dynoxide: dynoxide, url, http };
        for table in tables {
            engines.create(table).await;
        }
        engines
    }

    async fn create(&self, table: &RecordsTable) {
        let keys = || std::iter::once((&table.partition, "HASH")).chain(table.sort.as_ref().map(|key| (key, "RANGE")));
        let schema: Vec<Value> =
            keys().map(|(key, kind)| json!({ "AttributeName": key.name, "KeyType": kind })).collect();
        let attributes: Vec<Value> =
            keys().map(|(key, _)| json!({ "AttributeName": key.name, "AttributeType": key.kind.as_str() })).collect();
        let request = json!({
            "TableName": table.name, "KeySchema": schema, "AttributeDefinitions": attributes, "BillingMode": "PAY_PER_REQUEST",
        });
        self.send("CreateTable", &request).await.unwrap();
    }

    /// What the embedded store answers.
    pub(crate) async fn ours(
        &self,
        operation: Operation,
        table: &RecordsTable,
        request: &Map<String, Value>,
    ) -> Answer {
        let call = Call { operation, table: table.clone(), parameters: request.clone() };
        let outcome = self.ours.call(call).await.unwrap();
        outcome
            .map(|response| Value::Object(response.members().unwrap()))
            .map_err(|fault| (fault.kind, fault.message, fault.item.map_or(Value::Null, Value::Object)))
    }

    /// What dynoxide answers.
    pub(crate) async fn theirs(&self, operation: Operation, request: &Map<String, Value>) -> Answer {
        self.send(operation.name(), &Value::Object(request.clone())).await
    }

    async fn send(&self, operation: &str, request: &Value) -> Answer {
        let signature = "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/dynamodb/aws4_request, \
                         SignedHeaders=host;x-amz-date;x-amz-target, Signature=00";
        let response = self
            .http
            .post(&self.url)
            .header("X-Amz-Target", format!("DynamoDB_20120810.{operation}"))
            .header("X-Amz-Date", "20261120T000000Z")
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("Authorization", signature)
            .body(request.to_string())
            .send()
            .await
            .unwrap();
        let good = response.status().is_success();
        let body = read(&response.text().await.unwrap());
        if good {
            return Ok(body);
        }
        let kind = body["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned();
        let message = body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default().to_owned();
        Err((kind, message, body["Item"].clone()))
    }
}

/// The JSON of a response. DynamoDB Local cuts a letter of two surrogates in half where it shows what is near a syntax error.
fn read(text: &str) -> Value {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&text.replace("\\uD", "?"))).unwrap()
}
