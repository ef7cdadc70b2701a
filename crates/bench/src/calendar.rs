//! (d) Availability and bookings on a calendar with few and with many bookings stored.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::bookings::{Slot, asked};
use crate::compare::Comparison;
use crate::load::Load;
use crate::options::Options;
use crate::product::{Product, Program};
use crate::rows::{LOCATION, RESOURCES, app, open, put, resource};
use crate::table::{Aim, Table};
use crate::{Outcome, http, memory, progress, watch, writes};

/// Bookings that are on their way while a calendar is filled; as many as the store commits at once.
const TASKS: usize = 256;
/// Users to whom the stored bookings belong.
const USERS: u64 = 10_000;
/// How long a calendar may take to fill.
const FILL: Duration = Duration::from_secs(600);

/// Measures it.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    let [small, large] = options.calendars();
    let few = prepare(program, &scratch.join("small"), small).await?;
    let many = prepare(program, &scratch.join("large"), large).await?;
    progress("(d) availability and bookings on both calendars");
    let names = format!("{large} / {small} bookings stored");
    let reads = Comparison::run(options, &mut availability(&many), &mut availability(&few)).await?;
    table.compare(&format!("(d) availability, {names}"), reads, Aim::SlowerByAtMost(130));
    let puts = Comparison::run(options, &mut writes::load(&many), &mut writes::load(&few)).await?;
    table.compare(&format!("(d) durable PUT of a booking, {names}"), puts, Aim::SlowerByAtMost(130));
    memory::report(&many, &format!("with {large} bookings stored"), table)
}

/// A server with so many bookings.
async fn prepare(program: &Program, directory: &Path, bookings: u64) -> Outcome<Product> {
    progress(&format!("(d) storing {bookings} bookings"));
    let empty = program.start(directory).await?;
    empty.furnish(RESOURCES).await?;
    drop(empty);
    let start = watch::now();
    tokio::time::timeout(FILL, fill(&directory.join("data"), bookings)).await??;
    progress(&format!("    in {} seconds", start.elapsed().as_secs()));
    program.start(directory).await
}

/// Makes the bookings by the product's own use case, without HTTP.
async fn fill(directory: &Path, bookings: u64) -> Outcome {
    let store = open(directory)?;
    let (app, next) = (app(&store), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (app, next) = (Arc::clone(&app), Arc::clone(&next));
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= bookings {
                    return Ok(());
                }
                let user = format!("00000000-0000-4000-8000-{:012}", number % USERS);
                put(&app, &user, None, &Slot::stored(number)).await?;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        let ended: Outcome = ended?;
        ended?;
    }
    store.close();
    Ok(())
}

fn availability(product: &Product) -> Load {
    let token = product.token.clone();
    let [from, to] = asked();
    // A step that has no factor in common with the number of resources visits them all, without neighbours in a row.
    let path = move |number: u64| {
        let resource = resource(number.wrapping_mul(379));
        format!("/locations/{LOCATION}/resources/{resource}/availability?from={from}&to={to}&minutes=30")
    };
    let ask = move |number, buffer: &mut Vec<u8>| http::request(buffer, "GET", &path(number), &token, "");
    Load::new(product.address, product.id(), 200, ask)
}
