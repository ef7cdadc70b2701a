//! (e) A search for what is free in a month of 500 resources, each with opening hours, a grid, buffers and 150 bookings.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::{App, Command};
use domain::json::object;
use domain::time::{MINUTE_SECONDS, Minute};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::compare::Comparison;
use crate::http::{self, Connection};
use crate::load::Load;
use crate::options::Options;
use crate::process::Limit;
use crate::product::{Product, Program};
use crate::rows::{LOCATION, app, open, resource};
use crate::table::{Aim, Table};
use crate::{Outcome, progress};

/// The first UTC day of the month that is looked at: 2027-03-01. Clocks change in it.
const FIRST_DAY: i64 = 20_878;
const MONTH: &str = "/availability?period=month&date=2027-03-01&minutes=30&limit=500";
/// Bookings of a resource on one day.
const A_DAY: u64 = 5;
/// Bookings that are on their way while the calendar is filled.
const TASKS: usize = 256;
const USER: &str = "00000000-0000-4000-8000-000000000000";
/// What is aimed at, in milliseconds.
const AIM: u64 = 50;

/// Measures it.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    let [resources, bookings] = options.search();
    progress(&format!("(e) search of a month: {resources} resources with {bookings} bookings each"));
    let directory = scratch.join("search");
    fill(&directory.join("data"), resources, bookings).await?;
    let copy = scratch.join("search-limit");
    fs::create_dir_all(&copy)?;
    fs::copy(directory.join("data/frontdesk.db"), copy.join("frontdesk.db"))?;
    let product = program.start(&directory).await?;
    let mut request = Vec::new();
    http::request(&mut request, "GET", MONTH, &program.guest(&product, &directory, 0).await?.token, "");
    let shown = sample(&product, &request, &scratch.join("found"), resources).await?;
    let limit = Limit::start(&["answer-searches", &copy.to_string_lossy(), &scratch.join("found").to_string_lossy()])?;
    let ask = move |_, buffer: &mut Vec<u8>| buffer.extend_from_slice(&request);
    let mut searches = Load::new(product.address, product.id(), 200, ask.clone()).alone();
    let mut reads = Load::new(limit.address, limit.id(), 200, ask).alone();
    let comparison = Comparison::run(options, &mut searches, &mut reads).await?;
    let millis = comparison.product.p50_micros.div_ceil(1_000);
    table.compare("(e) search of a month, one client / raw reads of the same days", comparison, Aim::Nothing);
    let met = if millis < AIM { "met" } else { "missed" };
    table.plain(&format!("(e) search of a month: {shown}"), &format!("{millis} ms"), &format!("< {AIM} ms, {met}"));
    Ok(())
}

/// Keeps an answer in a file, and says what it shows: all resources, on one page.
async fn sample(product: &Product, request: &[u8], file: &Path, resources: u64) -> Outcome<String> {
    let mut connection = Connection::open(product.address).await?;
    let answer = connection.exchange(request).await?;
    fs::write(file, [answer.head.as_bytes(), b"\r\n\r\n", answer.body].concat())?;
    let page: Value = serde_json::from_slice(answer.body)?;
    let found = page.get("resources").and_then(Value::as_array).ok_or_else(|| format!("no page: {page}"))?;
    if found.len() as u64 != resources || page.get("nextCursor").is_some() {
        return Err(format!("{} resources on the page instead of {resources}", found.len()).into());
    }
    let stretches = found.iter().filter_map(|found| found.get("free")?.as_array()).map(Vec::len).sum::<usize>();
    Ok(format!("{resources} resources, {stretches} stretches, {} KiB", answer.body.len() / 1024))
}

/// The UTC days that are read for a resource.
pub(crate) const fn days() -> (i64, i64) {
    (FIRST_DAY - 1, FIRST_DAY + 30)
}

/// Resources with rules, and bookings of each, by the product's own use cases.
async fn fill(directory: &Path, resources: u64, bookings: u64) -> Outcome {
    let store = open(directory)?;
    let app = app(&store);
    let place = json!({"name": "Headquarters", "timeZone": "Europe/Berlin"});
    app.put_location(Command::default(), Some(LOCATION), members(&place)?).await?;
    each(&app, resources, |app, number| async move {
        let made = app.put_resource(Command::default(), LOCATION, Some(&resource(number)), members(&rules())?).await;
        Ok(made.map(|_| ())?)
    })
    .await?;
    each(&app, resources * bookings, move |app, number| async move {
        let body = members(&booking(number, resources))?;
        Ok(app.put_booking(Command::default(), USER, None, body).await.map(|_| ())?)
    })
    .await?;
    store.close();
    Ok(())
}

/// Does something for each of so many numbers.
async fn each<D, F>(app: &Arc<App>, count: u64, act: D) -> Outcome
where
    D: Fn(Arc<App>, u64) -> F + Copy + Send + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (app, next) = (Arc::clone(app), Arc::clone(&next));
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                act(Arc::clone(&app), number).await?;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        let ended: Outcome = ended?;
        ended?;
    }
    Ok(())
}

fn members(body: &Value) -> Outcome<serde_json::Map<String, Value>> {
    Ok(object(body.to_string().as_bytes()).map_err(app::Failure::from)?)
}

/// A room that is open from eight to eight, every day.
fn rules() -> Value {
    let hours = json!([{"opens": "08:00", "closes": "20:00"}]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week: serde_json::Map<String, Value> = days.into_iter().map(|day| (day.to_owned(), hours.clone())).collect();
    json!({"name": "Meeting room", "type": "room", "features": ["screen", "step free"], "openingHours": week,
        "slotGridMinutes": 15, "minMinutes": 30, "maxMinutes": 240, "bufferBeforeMinutes": 5, "bufferAfterMinutes": 10})
}

/// The booking of a number: three quarters of an hour, five on each day of each resource.
fn booking(number: u64, resources: u64) -> Value {
    let (of_resource, number) = (number / resources, number % resources);
    let (day, of_day) = (of_resource / A_DAY, of_resource % A_DAY);
    let minute = 7 * 60 + 15 + 135 * of_day + 15 * (number % 4);
    let start = i64::try_from(day * 1_440 + minute).unwrap_or(0) * MINUTE_SECONDS;
    json!({"resourceID": resource(number), "starttimeepochtime": Minute::of_day(FIRST_DAY).epoch_seconds() + start,
        "durationMinutes": 45, "title": "Weekly planning of the team"})
}
