//! The program as functions of AWS Lambda: its own process for each role, the Runtime API emulated, on dynoxide and moto. Events have the
//! form of those that were recorded at AWS (`recorded/`).

mod api;
mod events;
mod gateway;
mod requests;
mod start;

use std::process::Command;
use std::sync::Arc;

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use serde_json::{Value, json};
use store::Store;
use testkit::{Function, Machine, Moto};

use crate::server::FRONTDESK;

/// What functions work with.
pub(crate) struct Cloud {
    machine: Machine,
    engine: Dynoxide,
    moto: Moto,
}

impl Cloud {
    /// Tables that are empty, and a user pool.
    async fn start() -> Self {
        let (engine, moto) = tokio::join!(Dynoxide::start(), Moto::start());
        engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
        Self { machine: Machine::new(FRONTDESK), engine, moto }
    }

    /// A function with that role.
    async fn function(&self, role: &str, settings: &[(&str, &str)]) -> Function {
        let mut command = self.command(role);
        command.envs(settings.iter().copied());
        Function::start(&self.machine, role, command).await
    }

    fn command(&self, role: &str) -> Command {
        let mut command = self.machine.command::<&str>(&[]);
        for name in ["AWS_PROFILE", "AWS_DEFAULT_REGION", "FRONTDESK_DATA"] {
            command.env_remove(name);
        }
        command.env("AWS_REGION", "us-east-1").env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("AWS_ENDPOINT_URL", self.moto.url()).env("AWS_ENDPOINT_URL_DYNAMODB", self.engine.url());
        command.env("AWS_CONFIG_FILE", self.machine.path("no-config"));
        command.env("AWS_SHARED_CREDENTIALS_FILE", self.machine.path("no-credentials"));
        command.env("FRONTDESK_ROLE", role).env("FRONTDESK_STORE", "dynamodb");
        command.env("FRONTDESK_IDENTITY", "cognito").env("FRONTDESK_POOL_ID", &self.moto.pool);
        command.env("FRONTDESK_CLIENT_ID", &self.moto.client).env("FRONTDESK_JWKS_URL", self.moto.jwks_url());
        command
    }

    /// What is on the tables.
    fn store(&self) -> impl Store {
        self.engine.store("", Arc::new(SystemClock))
    }

    /// A new user's ID token.
    async fn token(&self, name: &str, groups: &[&str]) -> String {
        let email = format!("{name}@example.com");
        self.moto.user(&email, groups).await;
        self.moto.sign_in(&self.moto.client, &email).await.id
    }

    /// What changed in a table, as its stream hands it over.
    async fn stream(&self, table: &str) -> Vec<Value> {
        let act = async |action: &str, body: Value| self.act(&format!("DynamoDBStreams_20120810.{action}"), body).await;
        let streams = act("ListStreams", json!({"TableName": table})).await;
        let arn = &streams["Streams"][0]["StreamArn"];
        let shards = act("DescribeStream", json!({"StreamArn": arn})).await;
        let mut records = Vec::new();
        for shard in shards["StreamDescription"]["Shards"].as_array().unwrap() {
            let start = json!({"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"});
            let iterator = act("GetShardIterator", start).await;
            let page = act("GetRecords", json!({"ShardIterator": iterator["ShardIterator"]})).await;
            records.extend(page["Records"].as_array().unwrap().iter().cloned());
        }
        records
    }

    async fn act(&self, target: &str, body: Value) -> Value {
        let request = reqwest::Client::new().post(self.engine.url()).header("x-amz-target", target);
        let scope =
            "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date";
        let request = request.header("authorization", format!("{scope}, Signature=none"));
        let request = request.header("x-amz-date", "20300101T000000Z");
        let answer = request.header("content-type", "application/x-amz-json-1.0").body(body.to_string()).send().await;
        let text = answer.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// Records as a source hands them over.
fn batch(records: &[Value]) -> Value {
    json!({ "Records": records })
}

/// Which records a function says it could not take.
fn failed(answer: &Value) -> Vec<&str> {
    let failures = answer["batchItemFailures"].as_array().unwrap_or_else(|| panic!("{answer}"));
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap()).collect()
}
