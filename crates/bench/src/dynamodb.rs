//! (g) The product on DynamoDB against bare calls of the SDK, and one hot resource there against the embedded store.
//!
//! The engine is dynoxide, on this machine and in memory: it shows what the product adds, not how fast AWS is.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws::dynoxide::{Dynoxide, client};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Get, Put, TransactGetItem, TransactWriteItem};
use frontdesk::ambient::SystemClock;
use serde_json::json;
use tokio::task::JoinSet;

use crate::bookings::Slot;
use crate::compare::{Comparison, Figures, Side};
use crate::load::{CLIENTS, Load};
use crate::options::Options;
use crate::process::cpu_time;
use crate::product::{Product, Program};
use crate::rows::{LOCATION, RESOURCES, booking_id};
use crate::table::{Aim, Table};
use crate::{Outcome, http, progress, reads, watch, writes};

/// The number of the booking that is read; others do not get there.
const NUMBER: u64 = 1_000_000_000;

type Attributes = HashMap<String, AttributeValue>;

/// Measures it, unless there is no engine.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    if !Dynoxide::is_installed() {
        progress("(g) is left out: dynoxide is not installed (cargo xtask tools)");
        return Ok(());
    }
    let engine = Dynoxide::start().await;
    engine.store("", Arc::new(SystemClock)).create_tables().await?;
    let product = program.on_dynamodb(&engine.url()).start(&scratch.join("dynamodb")).await?;
    product.furnish(RESOURCES).await?;
    let path = reads::book(&product, NUMBER).await?;
    let sample = Sample::read(client(&engine.url()), path.rsplit('/').next().unwrap_or_default()).await?;
    for (clients, name) in [(1, "one client"), (CLIENTS, "64 clients")] {
        progress(&format!("(g) on DynamoDB, {name}"));
        let limit = |what| Calls { sample: sample.clone(), what, clients };
        let load = |load: Load| if clients == 1 { load.alone() } else { load };
        let (user, token) = (path.clone(), product.token.clone());
        let ask = move |_, buffer: &mut Vec<u8>| http::request(buffer, "GET", &user, &token, "");
        let mut get = load(Load::new(product.address, product.id(), 200, ask));
        let figures = Comparison::run(options, &mut get, &mut limit(What::Get)).await?;
        table.compare(
            &format!("(g) GET of one booking on DynamoDB, {name} / the SDK's GetItem"),
            figures,
            Aim::Nothing,
        );
        let mut put = load(writes::load(&product)).starting_at(clients as u64 * 10_000_000);
        let figures = Comparison::run(options, &mut put, &mut limit(What::Put)).await?;
        let name = format!("(g) PUT of a booking on DynamoDB, {name} / the SDK's two transactions");
        table.compare(&name, figures, Aim::Nothing);
    }
    hot(program, &product, options, scratch, table).await
}

/// Bookings of one hour of one resource, so that every one conflicts with all others.
async fn hot(program: &Program, product: &Product, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("(g) one hot resource");
    let embedded = program.start(&scratch.join("hot")).await?;
    let mut loads = Vec::new();
    for product in [product, &embedded] {
        product
            .furnish_with(1, &json!({"name": "Headquarters"}), &json!({"name": "Hall", "capacity": 1_000_000}))
            .await?;
        loads.push(writes_of_one(product));
    }
    let [on_dynamodb, embedded] = loads.as_mut_slice() else { return Err("two loads".into()) };
    let figures = Comparison::run(options, on_dynamodb, embedded).await?;
    table.compare("(g) PUT of one hot resource, DynamoDB / embedded", figures, Aim::Nothing);
    let refused = on_dynamodb.refused();
    table.plain("(g) 503 among those on DynamoDB, in all rounds", &refused.to_string(), "");
    Ok(())
}

fn writes_of_one(product: &Product) -> Load {
    let (path, token) = (product.bookings(), product.token.clone());
    let body = Slot::new(0).request();
    let ask = move |_, buffer: &mut Vec<u8>| http::request(buffer, "PUT", &path, &token, &body);
    Load::new(product.address, product.id(), 201, ask).tolerating(503)
}

/// What the SDK is to do.
#[derive(Clone, Copy)]
enum What {
    Get,
    Put,
}

/// The items of a booking, as the product stores them.
#[derive(Clone)]
struct Sample {
    client: Client,
    booking: Attributes,
    day: Attributes,
    event: Attributes,
    next: Arc<AtomicU64>,
}

/// Clients that call the SDK, each waiting for its answer before the next call.
struct Calls {
    sample: Sample,
    what: What,
    clients: usize,
}

impl Sample {
    /// Reads what the product stored for a booking.
    async fn read(client: Client, booking: &str) -> Outcome<Self> {
        let id = || AttributeValue::S(booking.to_owned());
        let booking_item = client.get_item().table_name("bookings").key("bookingID", id()).send().await?.item;
        let booking_item = booking_item.ok_or("the booking is not there")?;
        let aggregate = AttributeValue::S(format!("booking/{booking}"));
        let events = client.query().table_name("events").key_condition_expression("#a = :a");
        let event = events
            .expression_attribute_names("#a", "aggregate")
            .expression_attribute_values(":a", aggregate)
            .send()
            .await?
            .items;
        let resource = booking_item.get("resourceID").cloned().ok_or("a booking without a resource")?;
        let days = client.query().table_name("occupancy").key_condition_expression("resourceID = :r");
        let day = days.expression_attribute_values(":r", resource).send().await?.items;
        Ok(Self {
            client,
            booking: booking_item,
            day: day.and_then(|items| items.into_iter().next()).ok_or("the day is not there")?,
            event: event.and_then(|items| items.into_iter().next()).ok_or("the event is not there")?,
            next: Arc::default(),
        })
    }

    async fn get(&self) -> Outcome {
        let id = self.booking.get("bookingID").cloned().ok_or("a booking without an id")?;
        let get = self.client.get_item().table_name("bookings").key("bookingID", id).consistent_read(true);
        let answer = get.send().await.map_err(|error| DisplayErrorContext(error).to_string())?;
        answer.item.map(drop).ok_or_else(|| "the booking is gone".into())
    }

    /// What the product sends for a booking: one transaction that reads, and one that writes.
    async fn put(&self) -> Outcome {
        let id = booking_id(self.next.fetch_add(1, Ordering::Relaxed));
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let resource = self.booking.get("resourceID").cloned().ok_or("a booking without a resource")?;
        let day = self.day.get("day").cloned().ok_or("a day without a number")?;
        let reads = [
            Get::builder().table_name("bookings").key("bookingID", text(&id)),
            Get::builder().table_name("resources").key("resourceID", resource.clone()),
            Get::builder().table_name("locations").key("locationID", text(LOCATION)),
            Get::builder().table_name("occupancy").key("resourceID", text(&id)).key("day", day),
        ];
        let mut read = self.client.transact_get_items();
        for get in reads {
            read = read.transact_items(TransactGetItem::builder().get(get.build()?).build());
        }
        read.send().await.map_err(|error| DisplayErrorContext(error).to_string())?;
        let mut write = self.client.transact_write_items().client_request_token(&id);
        let changes = [
            ("bookings", "bookingID", &self.booking, text(&id)),
            ("occupancy", "resourceID", &self.day, text(&id)),
            ("events", "aggregate", &self.event, text(&format!("booking/{id}"))),
        ];
        for (table, key, item, value) in changes {
            let mut item = item.clone();
            item.insert(key.to_owned(), value);
            let put = Put::builder().table_name(table).set_item(Some(item));
            let put = put
                .condition_expression("attribute_not_exists(#key)")
                .expression_attribute_names("#key", key)
                .build()?;
            write = write.transact_items(TransactWriteItem::builder().put(put).build());
        }
        let check = ConditionCheck::builder().table_name("resources").key("resourceID", resource);
        let check = check.condition_expression("attribute_exists(resourceID)").build()?;
        let write = write.transact_items(TransactWriteItem::builder().condition_check(check).build());
        write.send().await.map(drop).map_err(|error| DisplayErrorContext(error).to_string().into())
    }
}

impl Calls {
    async fn client(sample: Sample, what: What, length: Duration) -> Outcome<Vec<Duration>> {
        let mut durations = Vec::new();
        let start = watch::now();
        let mut sent = start;
        while sent.duration_since(start) < length {
            match what {
                What::Get => sample.get().await?,
                What::Put => sample.put().await?,
            }
            let answered = watch::now();
            durations.push(answered - sent);
            sent = answered;
        }
        Ok(durations)
    }
}

impl Side for Calls {
    async fn measure(&mut self, length: Duration) -> Outcome<Figures> {
        let pid = std::process::id();
        let (cpu, start) = (cpu_time(pid)?, watch::now());
        let mut clients = JoinSet::new();
        for _ in 0..self.clients {
            clients.spawn(Self::client(self.sample.clone(), self.what, length));
        }
        let mut durations = Vec::new();
        while let Some(ended) = clients.join_next().await {
            durations.append(&mut ended??);
        }
        Ok(Figures::new(durations, start.elapsed(), cpu_time(pid)?.saturating_sub(cpu)))
    }
}
