//! (h) Table operations through the whole interface, on the embedded store, against the same requests to dynoxide, an engine that
//! speaks DynamoDB's protocol.
//!
//! Both keep their data in a file beside this program, and both have synced a write before they answer it: dynoxide's SQLite runs
//! with `journal_mode=WAL` and the default `synchronous=FULL`. The clients are the same, and send what either side understands.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;

use crate::compare::Comparison;
use crate::load::{CLIENTS, Load};
use crate::options::Options;
use crate::product::{Product, Program};
use crate::table::{Aim, Table};
use crate::{Outcome, http, progress};

const TABLE: &str = "lambda-apigateway";
/// Words of 16 digits in an item's text.
const WORDS: u64 = 44;
/// A header that has the form of Signature Version 4; dynoxide asks for no more.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=benchmark/20300101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

/// Measures it, unless there is no engine.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    if !Dynoxide::is_installed() {
        progress("(h) is left out: dynoxide is not installed (cargo xtask tools)");
        return Ok(());
    }
    let product = program.start(&scratch.join("records")).await?;
    let engine = Dynoxide::start_in(&scratch.join("dynoxide.db")).await;
    engine.store("", Arc::new(SystemClock)).create_records_tables(&[format!("{TABLE}:id").parse()?]).await?;
    let items = options.items();
    for load in [ours(&product, create), theirs(&engine, put)] {
        load.count(items).await?;
    }
    // One client waits for one sync after the other on either side; throughput is what many clients get.
    for (clients, name, aim) in [(1, "one client", Aim::Share), (CLIENTS, "64 clients", Aim::AtLeast(200))] {
        progress(&format!("(h) table operations, {name}"));
        let load = |load: Load| if clients == 1 { load.alone() } else { load };
        // Those that are created are no longer the ones that are read, nor those of the other round.
        let first = clients as u64 * 1_000_000_000;
        let mut product_creates = load(ours(&product, create)).starting_at(first);
        let mut engine_puts = load(theirs(&engine, put)).starting_at(first);
        let figures = Comparison::run(options, &mut product_creates, &mut engine_puts).await?;
        let figure = format!("(h) create of an item of 1 KB, {name} / PutItem on dynoxide");
        table.compare(&figure, figures, aim);
        let mut product_reads = load(ours(&product, move |number| read(number % items)));
        let mut engine_gets = load(theirs(&engine, move |number| get(number % items)));
        let figures = Comparison::run(options, &mut product_reads, &mut engine_gets).await?;
        table.compare(&format!("(h) read of an item of 1 KB, {name} / GetItem on dynoxide"), figures, aim);
        // Every other one is a create; numbers behind those of the creates before.
        let first = first + 500_000_000;
        let ask = move |number: u64| if number.is_multiple_of(2) { create(number) } else { read(number % items) };
        let mut product_both = load(ours(&product, ask)).starting_at(first);
        let ask = move |number: u64| if number.is_multiple_of(2) { put(number) } else { get(number % items) };
        let mut engine_both = load(theirs(&engine, ask)).starting_at(first);
        let figures = Comparison::run(options, &mut product_both, &mut engine_both).await?;
        table.compare(&format!("(h) creates and reads in turns, {name} / the same on dynoxide"), figures, aim);
    }
    Ok(())
}

/// The product's requests with these bodies.
fn ours(product: &Product, body: impl Fn(u64) -> String + Send + Sync + 'static) -> Load {
    let token = product.token.clone();
    let ask = move |number, buffer: &mut Vec<u8>| {
        http::request(buffer, "POST", "/DynamoDBManager", &token, &body(number));
    };
    Load::new(product.address, product.id(), 200, ask)
}

/// The engine's requests of these operations with these bodies.
fn theirs(engine: &Dynoxide, asked: impl Fn(u64) -> (&'static str, String) + Send + Sync + 'static) -> Load {
    let ask = move |number, buffer: &mut Vec<u8>| {
        let (operation, body) = asked(number);
        let head = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\nauthorization: {SIGNED}\r\nx-amz-date: 20300101T000000Z\r\n\
             x-amz-target: DynamoDB_20120810.{operation}\r\ncontent-type: application/x-amz-json-1.0\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        buffer.extend_from_slice(head.as_bytes());
        buffer.extend_from_slice(body.as_bytes());
    };
    Load::new(SocketAddr::from(([127, 0, 0, 1], engine.port())), engine.id(), 200, ask)
}

fn create(number: u64) -> String {
    let (id, text) = (id(number), text(number));
    let item = format!(
        r#"{{"id":"{id}","owner":"user-{}","count":{number},"price":{}.25,"active":true,"tags":["red","{}"],"place":{{"floor":{},"name":"Hall"}},"text":"{text}"}}"#,
        number % 997,
        number % 89,
        number % 13,
        number % 7
    );
    format!(r#"{{"operation":"create","tableName":"{TABLE}","payload":{{"Item":{item}}}}}"#)
}

fn put(number: u64) -> (&'static str, String) {
    let (id, text) = (id(number), text(number));
    let item = format!(
        r#"{{"id":{{"S":"{id}"}},"owner":{{"S":"user-{}"}},"count":{{"N":"{number}"}},"price":{{"N":"{}.25"}},"active":{{"BOOL":true}},"tags":{{"L":[{{"S":"red"}},{{"S":"{}"}}]}},"place":{{"M":{{"floor":{{"N":"{}"}},"name":{{"S":"Hall"}}}}}},"text":{{"S":"{text}"}}}}"#,
        number % 997,
        number % 89,
        number % 13,
        number % 7
    );
    ("PutItem", format!(r#"{{"TableName":"{TABLE}","Item":{item}}}"#))
}

fn read(number: u64) -> String {
    let id = id(number);
    format!(r#"{{"operation":"read","tableName":"{TABLE}","payload":{{"Key":{{"id":"{id}"}}}}}}"#)
}

fn get(number: u64) -> (&'static str, String) {
    let id = id(number);
    ("GetItem", format!(r#"{{"TableName":"{TABLE}","Key":{{"id":{{"S":"{id}"}}}}}}"#))
}

/// The id of an item; those of neighbours are not beside each other.
fn id(number: u64) -> String {
    format!("{:016x}", mixed(number))
}

/// A text like no other.
fn text(number: u64) -> String {
    let mut text = String::with_capacity(1024);
    for word in 0..WORDS {
        // Writing to a string cannot fail.
        let _ = write!(text, "{:016x} ", mixed(number.wrapping_mul(WORDS).wrapping_add(word)));
    }
    text
}

/// A number that looks like chance, another one for each (SplitMix64).
const fn mixed(number: u64) -> u64 {
    let state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn both_sides_get_the_same_item_of_about_a_kilobyte() {
        let [ours, theirs] = [create(41), put(41).1].map(|text| serde_json::from_str::<Value>(&text).unwrap());
        let (ours, theirs) = (&ours["payload"]["Item"], &theirs["Item"]);
        assert_eq!((&ours["id"], &ours["text"]), (&theirs["id"]["S"], &theirs["text"]["S"]));
        assert_eq!(ours.as_object().unwrap().len(), theirs.as_object().unwrap().len());
        assert!((850..1100).contains(&ours.to_string().len()), "{}", ours.to_string().len());
        assert_ne!(create(1), create(2));
    }
}
