//! Tables of the operator's own on DynamoDB: made on command, compared by their keys, and warned about at start.

use std::sync::Arc;

use aws::dynoxide::{Dynoxide, client};
use frontdesk::ambient::SystemClock;
use serde_json::json;
use testkit::{Caller, Machine, Ran, Server};

use super::on_tables;
use super::other_keys::replace;
use crate::server::FRONTDESK;

const PREFIX: [&str; 2] = ["--table-prefix", "desk-"];
const OWN: [&str; 4] = ["--records-table", "notes:owner:at=N", "--records-table", "files:key=B"];

struct Place {
    machine: Machine,
    engine: Dynoxide,
}

impl Place {
    /// With the product's tables.
    async fn new() -> Self {
        let engine = Dynoxide::start().await;
        engine.store("desk-", Arc::new(SystemClock)).create_tables().await.unwrap();
        Self { machine: Machine::new(FRONTDESK), engine }
    }

    async fn run(&self, arguments: &[&str], own: &[&str]) -> Ran {
        let arguments = [arguments, &PREFIX, own].concat();
        self.machine.finish(on_tables(&self.machine, &arguments, &self.engine.url())).await
    }

    async fn serve(&self, own: &[&str]) -> Server {
        let arguments = [&["serve", "--store", "dynamodb"], &PREFIX[..], own].concat();
        let server = self.machine.launch(on_tables(&self.machine, &arguments, &self.engine.url())).await;
        server.ready().await;
        server
    }
}

#[track_caller]
fn said(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    for word in words {
        assert!(ran.out.contains(word) || ran.err.contains(word), "`{word}` is not in {ran:?}");
    }
}

#[tokio::test]
async fn they_are_made_by_their_exact_names_and_keys() {
    let place = Place::new().await;
    said(&place.run(&["tables", "describe"], &OWN).await, 1, &["notes: is missing", "files: is missing"]);
    said(&place.run(&["tables", "create"], &OWN).await, 0, &["notes: created", "files: created"]);
    said(&place.run(&["tables", "create"], &OWN).await, 0, &["all tables are there"]);
    said(&place.run(&["tables", "describe"], &OWN).await, 0, &["notes: as it should be", "files: as it should be"]);
    let described =
        client(&place.engine.url()).describe_table().table_name("notes").send().await.unwrap().table.unwrap();
    let kinds =
        described.attribute_definitions().iter().map(|kind| (kind.attribute_name(), kind.attribute_type().as_str()));
    let mut kinds: Vec<_> = kinds.collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("at", "N"), ("owner", "S")]);
    let other = ["--records-table", "notes:owner:at"];
    said(
        &place.run(&["tables", "describe"], &other).await,
        1,
        &["has the key (owner S, at N) instead of (owner S, at S)"],
    );
    said(&place.run(&["tables", "create"], &other).await, 1, &["notes has the key"]);
    said(
        &place.run(&["tables", "create"], &["--records-table", "desk-users:id"]).await,
        2,
        &["table of frontdesk's own"],
    );
    said(&place.run(&["tables", "describe"], &["--records-table", "none"]).await, 0, &["desk-users: as it should be"]);
}

#[tokio::test]
async fn a_server_starts_without_them_and_says_what_to_do() {
    let place = Place::new().await;
    let server = place.serve(&[]).await;
    server.logged_part("frontdesk tables create --records-table lambda-apigateway:id").await;
    let admin = server.admin().await;
    admin.location("l").await;
    let problem = admin.operate("list", &json!({})).await.problem(404, "not-found");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("lambda-apigateway is configured here, but missing"), "{detail}");
    server.logged_part("the table is configured, but missing on DynamoDB; make it with").await;
    drop(server);
    // Further indexes and other settings are the operator's business, another key is not.
    let client = client(&place.engine.url());
    let create = place.engine.store("desk-", Arc::new(SystemClock));
    create.create_records_tables(&["notes:owner".parse().unwrap()]).await.unwrap();
    replace(&client, "notes", "owner", &[("byTopic", "topic", aws_sdk_dynamodb::types::ProjectionType::KeysOnly)])
        .await;
    let server = place.serve(&["--records-table", "notes:id"]).await;
    server.logged_part("the table notes has the key (owner S) instead of (id S)").await;
    drop(server);
    let server = place.serve(&["--records-table", "notes:owner"]).await;
    server.admin().await.location("m").await;
    assert!(
        !server
            .log()
            .iter()
            .any(|line| line["message"].as_str().is_some_and(|message| message.contains("table operations:")))
    );
}
