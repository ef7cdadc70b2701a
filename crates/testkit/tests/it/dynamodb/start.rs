//! Starts and commands on tables, and with settings, that do not do: each says which and what to do.

use std::sync::Arc;

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ProjectionType;
use frontdesk::ambient::SystemClock;
use testkit::{Caller, Machine, Proxy, Ran, Refusal};

use super::other_keys::replace;
use super::{on_tables, without_credentials};
use crate::server::FRONTDESK;

const SERVE: [&str; 5] = ["serve", "--store", "dynamodb", "--listen", "127.0.0.1:0"];

#[track_caller]
fn failed(ran: &Ran, words: &[&str]) {
    let said = format!("{}{}", ran.out, ran.err);
    assert!(ran.code.is_some_and(|code| code != 0), "{ran:?}");
    assert!(!said.contains("panicked"), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

async fn engine_with_tables() -> (Dynoxide, Client) {
    let engine = Dynoxide::start().await;
    engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
    let client = client(&engine.url());
    (engine, client)
}

async fn remove(client: &Client, table: &str) {
    client.delete_table().table_name(table).send().await.unwrap();
}

#[tokio::test]
async fn missing_tables_are_named_and_can_be_made() {
    let (machine, engine) = (Machine::new(FRONTDESK), Dynoxide::start().await);
    let serve = [&SERVE[..], &["--table-prefix", "desk-"]].concat();
    let url = engine.url();
    failed(
        &machine.finish(on_tables(&machine, &serve, &url)).await,
        &["desk-users is missing", "desk-keys is missing", "frontdesk tables create"],
    );
    let ran = machine.finish(on_tables(&machine, &["tables", "create", "--table-prefix", "desk-"], &url)).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = machine.finish(on_tables(&machine, &["tables", "describe", "--table-prefix", "desk-"], &url)).await;
    assert!(ran.code == Some(0) && ran.out.contains("desk-users: as it should be"), "{ran:?}");
    let server = machine.launch(on_tables(&machine, &serve, &url)).await;
    server.ready().await;
    server.admin().await.location("l").await;
}

#[tokio::test]
async fn one_missing_table_is_named_at_start_and_when_it_goes_later() {
    let (machine, (engine, client)) = (Machine::new(FRONTDESK), engine_with_tables().await);
    let server = machine.launch(on_tables(&machine, &SERVE, &engine.url())).await;
    server.ready().await;
    let admin = server.admin().await;
    admin.location("l").await;
    remove(&client, "orders").await;
    let answer = admin.order("o").may_fail().await;
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    server.logged_part("orders: the table, or an index of it, is missing").await;
    admin.get("/locations/l").await.expect(200);
    drop(server);
    failed(&machine.finish(on_tables(&machine, &SERVE, &engine.url())).await, &["orders is missing", "tables create"]);
}

#[tokio::test]
async fn tables_with_other_keys_and_indexes_are_told_apart() {
    let (machine, (engine, client)) = (Machine::new(FRONTDESK), engine_with_tables().await);
    for (table, partition) in [("users", "id"), ("orders", "userId"), ("resources", "resourceID")] {
        replace(&client, table, partition, &[]).await;
    }
    let by_user = ("bookingsByUserByTimeGSI", "starttimeepochtime", ProjectionType::All);
    let by_resource = ("bookingsByResourceByTimeGSI", "timestamp", ProjectionType::KeysOnly);
    replace(&client, "bookings", "bookingID", &[by_user, by_resource]).await;
    let said = [
        "users has the key (id S) instead of (userid S)",
        "orders has the key (userId S) instead of (userId S, orderId S)",
        "resources has no index locationIDGSI with the key (locationID S)",
        "index bookingsByUserByTimeGSI with the key (userID S, starttimeepochtime S) instead of (userID S, starttimeepochtime N)",
        "index bookingsByResourceByTimeGSI with the key (userID S, timestamp S) instead of (resourceID S,",
    ];
    let words = [&said[..], &["frontdesk tables describe"]].concat();
    failed(&machine.finish(on_tables(&machine, &SERVE, &engine.url())).await, &words);
    let ran = machine.finish(on_tables(&machine, &["tables", "describe"], &engine.url())).await;
    failed(
        &ran,
        &["users: has the key (id S)", "resources: has no index", "no time to live", "locations: as it should be"],
    );
    assert_eq!(ran.code, Some(1));
}

#[tokio::test]
async fn credentials_and_regions_that_do_not_do_are_told() {
    let (machine, (engine, _)) = (Machine::new(FRONTDESK), engine_with_tables().await);
    let proxy = Proxy::start(engine.url(), 1, 0).await;
    for (code, words) in [
        ("UnrecognizedClientException", ["users", "check key, secret, region"]),
        ("InvalidSignatureException", ["users", "check key, secret, region"]),
        ("ExpiredTokenException", ["users", "have expired; renew them"]),
    ] {
        proxy.tell("", Refusal::new(code, "The security token included in the request is invalid."));
        failed(&machine.finish(on_tables(&machine, &SERVE, &proxy.url())).await, &words);
    }
    proxy.tell("GetItem", Refusal::new("AccessDeniedException", "User is not authorized to perform: dynamodb:GetItem"));
    let ran = machine.finish(on_tables(&machine, &SERVE, &proxy.url())).await;
    failed(&ran, &["table", "do not permit this; extend their policy", "dynamodb:GetItem"]);
}

#[tokio::test]
async fn whoever_may_not_describe_tables_may_serve_them() {
    let (machine, (engine, _)) = (Machine::new(FRONTDESK), engine_with_tables().await);
    let proxy = Proxy::start(engine.url(), 1, 0).await;
    proxy.tell("DescribeTable", Refusal::new("AccessDeniedException", "dynamodb:DescribeTable"));
    let server = machine.launch(on_tables(&machine, &SERVE, &proxy.url())).await;
    server.ready().await;
    server.logged("the tables are not checked").await;
    server.admin().await.location("l").await;
}

#[tokio::test]
async fn without_credentials_region_or_endpoint_nothing_starts() {
    let machine = Machine::new(FRONTDESK);
    let nowhere = "http://127.0.0.1:1";
    let none = without_credentials(&machine, &SERVE, nowhere);
    failed(&machine.finish(none).await, &["AWS_REGION, AWS_ACCESS_KEY_ID"]);
    let mut no_credentials = without_credentials(&machine, &SERVE, nowhere);
    no_credentials.env("AWS_REGION", "us-east-1");
    failed(&machine.finish(no_credentials).await, &["table users", "AWS_ACCESS_KEY_ID", "credentials"]);
    let mut no_region = on_tables(&machine, &SERVE, nowhere);
    no_region.env_remove("AWS_REGION");
    failed(&machine.finish(no_region).await, &["table users", "AWS_REGION"]);
    let unreachable = machine.finish(on_tables(&machine, &SERVE, nowhere)).await;
    failed(&unreachable, &["table users", "DynamoDB cannot be reached", "AWS_ENDPOINT_URL_DYNAMODB"]);
}

#[tokio::test]
async fn the_demo_is_for_the_embedded_store() {
    let machine = Machine::new(FRONTDESK);
    let ran = machine.finish(on_tables(&machine, &[&SERVE[..], &["--demo"]].concat(), "http://127.0.0.1:1")).await;
    failed(&ran, &["--demo is for the embedded store", "--store"]);
    assert_eq!(ran.code, Some(2));
    assert!(!machine.data().exists());
}

#[tokio::test]
async fn a_check_of_good_tables_says_nothing() {
    let (engine, client) = engine_with_tables().await;
    let store = DynamoStore::new(client, "", Arc::new(SystemClock));
    store.check_tables().await.unwrap();
    assert!(store.describe_tables().await.unwrap().iter().all(|table| table.problems.is_empty()), "{}", engine.url());
}
