//! `tz check`: bookings that another version of the tz database moves.

use std::sync::Arc;

use domain::meant;
use serde_json::{Value, json};
use store::sqlite::{Options, SqliteStore};
use store::{Changes, Key, Loaded, Table, Verdict};
use testkit::{Admin, Caller, HOUR, Machine, NINE, Ran, TestClock};

use super::FRONTDESK;

/// Leaves a booking as a database that knew of no summer time would have left it: an hour from where it is now.
async fn leave_as_without_summer_time(machine: &Machine, booking: &str) {
    let store = SqliteStore::open(Options::new(machine.data()), Arc::<TestClock>::default()).unwrap();
    let key = Key::new(Table::Bookings, booking);
    let wanted = key.clone();
    let change = move |loaded: &Loaded| {
        let item = loaded.item(&wanted)?.unwrap();
        let (body, mut state): (Value, Value) = (item.body()?, item.private()?);
        state["meant"]["tzdb"] = json!("2029a");
        for (end, time) in [("start", "2030-06-03T10:00:00"), ("end", "2030-06-03T11:00:00")] {
            state["meant"][end] = json!({"time": time, "offsetSeconds": 3_600});
        }
        let mut changes = Changes::none();
        changes.put_private(wanted.clone(), &body, &state)?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(&store, vec![key], change).await.unwrap().unwrap();
    store.close();
}

async fn book(admin: &Admin, booking: &str, resource: &str, start: i64) {
    admin.book(booking, resource, start, 60).await.expect(201);
}

/// A machine on which four bookings were made, and who made them.
async fn booked() -> (Machine, String) {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let admin = server.admin().await;
    admin.put("/locations/l", &json!({"name": "L", "timeZone": "Europe/Berlin"})).await.expect(201);
    admin.put("/locations/l/resources/r", &json!({"name": "R", "capacity": 9})).await.expect(201);
    book(&admin, "moved", "r", NINE).await;
    book(&admin, "stays", "r", NINE + HOUR).await;
    book(&admin, "canceled", "r", NINE).await;
    book(&admin, "past", "r", NINE - 20 * 365 * 24 * HOUR).await;
    admin.cancel("canceled").await.empty(200);
    let sub = admin.sub.clone();
    server.kill();
    (machine, sub)
}

fn assert_moved(ran: &Ran, sub: &str) {
    let version = meant::version();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let wanted = [
        "moved",
        sub,
        "r",
        "Europe/Berlin",
        "2029a",
        version,
        "2030-06-03T10:00:00/2030-06-03T11:00:00",
        "2030-06-03T09:00:00Z/2030-06-03T10:00:00Z",
        "2030-06-03T08:00:00Z/2030-06-03T09:00:00Z",
    ];
    assert_eq!(ran.out, format!("{}\n", wanted.join("\t")));
    assert!(ran.err.contains(&format!("the tz database {version} moves 1 of 2 bookings to come")), "{}", ran.err);
}

#[tokio::test]
async fn bookings_that_another_tz_database_moves_are_listed() {
    let (machine, sub) = booked().await;
    let ran = machine.run(&["tz", "check"]).await;
    let none = format!("the tz database {} moves none of 2 bookings to come\n", meant::version());
    assert_eq!((ran.code, ran.out), (Some(0), none), "{}", ran.err);
    let ran = machine.run(&["tz", "check", "--json"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    leave_as_without_summer_time(&machine, "moved").await;
    assert_moved(&machine.run(&["tz", "check"]).await, &sub);
    let server = machine.serve(&[]).await;
    assert_moved(&machine.run(&["tz", "check"]).await, &sub);
    let ran = machine.run(&["tz", "check", "--json"]).await;
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let wanted = json!({
        "bookingID": "moved", "userID": sub, "resourceID": "r", "timeZone": "Europe/Berlin", "tzdb": "2029a",
        "presentTzdb": meant::version(), "localStart": "2030-06-03T10:00:00", "localEnd": "2030-06-03T11:00:00",
        "stored": {"start": "2030-06-03T09:00:00Z", "end": "2030-06-03T10:00:00Z"},
        "present": {"start": "2030-06-03T08:00:00Z", "end": "2030-06-03T09:00:00Z"},
    });
    assert_eq!((ran.code, found), (Some(1), wanted));
    // Moved to where its people expect it, it means that time again.
    server.admin().await.book("moved", "r", NINE - HOUR, 60).await.expect(200);
    assert_eq!(machine.run(&["tz", "check"]).await.code, Some(0));
}
