//! (f) A durable PUT of a booking on resources with every rule, against the same on resources with none.

use std::path::Path;

use domain::Clock;
use domain::time::Minute;
use frontdesk::ambient::SystemClock;
use serde_json::{Value, json};

use crate::bookings::Slot;
use crate::compare::Comparison;
use crate::http;
use crate::load::Load;
use crate::options::Options;
use crate::product::{Guest, Product, Program};
use crate::rows::RESOURCES;
use crate::table::{Aim, Table};
use crate::{Outcome, progress};

/// The first day that is booked, counted from today; those behind it lie within the horizon.
const DAYS_AHEAD: i64 = 3;
/// Users who book, each day another one, so that a quota holds a few dates of each, not a year.
const GUESTS: usize = 32;

/// Measures it.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    for (name, directory, approval) in
        [("with every rule", "rules", false), ("with every rule, and approval", "approval", true)]
    {
        progress(&format!("(f) durable PUT of a booking {name}"));
        let directory = scratch.join(directory);
        let ruled = prepare(program, &directory.join("ruled"), &every_rule(approval)).await?;
        let plain = prepare(program, &directory.join("plain"), &json!({"name": "Meeting room"})).await?;
        let comparison = Comparison::run(options, &mut load(&ruled), &mut load(&plain)).await?;
        table.compare(
            &format!("(f) durable PUT of a booking {name} / with none"),
            comparison,
            Aim::SlowerByAtMost(150),
        );
    }
    Ok(())
}

/// A server with such resources, and users whom rules bind.
async fn prepare(program: &Program, directory: &Path, resource: &Value) -> Outcome<(Product, Vec<Guest>)> {
    let product = program.start(directory).await?;
    product.furnish_with(RESOURCES, &json!({"name": "Headquarters", "timeZone": "Europe/Berlin"}), resource).await?;
    let mut guests = Vec::with_capacity(GUESTS);
    for number in 0..GUESTS {
        guests.push(program.guest(&product, directory, number).await?);
    }
    Ok((product, guests))
}

fn load((product, guests): &(Product, Vec<Guest>)) -> Load {
    let path = |guest: &Guest| (format!("/users/{}/bookings", guest.user), guest.token.clone());
    let guests: Vec<(String, String)> = guests.iter().map(path).collect();
    let first = Minute::containing(SystemClock.now()).day() + DAYS_AHEAD;
    let request = move |number, buffer: &mut Vec<u8>| {
        let mut of_day = guests.iter().cycle().skip(usize::try_from(number / RESOURCES).unwrap_or(0) % GUESTS);
        if let Some((path, token)) = of_day.next() {
            http::request(buffer, "PUT", path, token, &Slot::from_day(first, number).request());
        }
    };
    Load::new(product.address, product.id(), 201, request)
}

/// A room with every rule, each of which accepts what is asked for.
fn every_rule(approval: bool) -> Value {
    let hours = json!([{"opens": "08:00", "closes": "20:00"}]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week: serde_json::Map<String, Value> = days.into_iter().map(|day| (day.to_owned(), hours.clone())).collect();
    json!({"name": "Meeting room", "type": "room", "openingHours": week,
        "exceptions": [{"startDate": "2020-12-24", "endDate": "2020-12-26", "closed": true, "reason": "Christmas"}],
        "slotGridMinutes": 15, "minMinutes": 30, "maxMinutes": 240, "minNoticeMinutes": 60, "maxHorizonDays": 3_650,
        "bufferBeforeMinutes": 5, "bufferAfterMinutes": 10, "cancellationNoticeMinutes": 60,
        "quota": {"bookingsPerDay": 8, "minutesPerDay": 480, "bookingsPerWeek": 40, "minutesPerMonth": 9_600},
        "noShowMinutes": 15, "checkInOpensMinutes": 15, "approvalRequired": approval})
}
