//! Deleting resources beside what else happens to them.

use std::sync::Arc;

use app::{App, Command, Settings};
use serde_json::json;
use store::{Index, Key, Table};

use crate::support::{Ahead, Desk, MIDNIGHT, before_the_second_commit, body, meanwhile, plant, rule};

const HOUR: i64 = 3600;

#[tokio::test]
async fn what_is_past_stays_booked_when_the_resource_comes_again() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let past = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT - 5 * HOUR});
    desk.book("u", "past", &past).await.unwrap();
    desk.delete("r", true).await.unwrap();
    desk.resource("r", 1).await.unwrap();
    assert_eq!(rule(desk.book("v", "second", &past).await), "capacity");
    desk.cancel("u", "past").await.unwrap();
    desk.book("v", "second", &past).await.unwrap();
    assert_eq!(rule(desk.book("w", "third", &past).await), "capacity");
}

#[tokio::test]
async fn a_refused_deletion_changes_nothing() {
    let desk = Desk::open().await;
    let version = desk.resource("r", 1).await.unwrap().version;
    desk.book("u", "b", &json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR})).await.unwrap();
    assert_eq!(rule(desk.delete("r", false).await), "bookings-to-come");
    assert_eq!(desk.app.get_resource("l", "r").await.unwrap().version, version);
}

#[tokio::test]
async fn a_booking_that_moves_away_meanwhile_is_not_canceled() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 1).await.unwrap();
    desk.resource("other", 1).await.unwrap();
    desk.book("u", "moved", &json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR})).await.unwrap();
    let app = meanwhile(&desk, Index::BookingsByResourceByTime, |desk| {
        Box::pin(async move {
            let elsewhere = json!({"resourceID": "other", "starttimeepochtime": MIDNIGHT + HOUR});
            desk.book("u", "moved", &elsewhere).await.unwrap();
        })
    });
    app.delete_resource(Command::default(), "l", "r", true).await.unwrap();
    assert_eq!((desk.status("moved").await.as_str(), desk.days("other").await), ("CONFIRMED", 1));
}

#[tokio::test]
async fn a_booking_that_is_erased_meanwhile_is_in_nobodys_way() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 2).await.unwrap();
    for user in ["u", "v"] {
        let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR});
        desk.book(user, &format!("{user}'s"), &wish).await.unwrap();
    }
    let app = meanwhile(&desk, Index::BookingsByResourceByTime, |desk| {
        Box::pin(async move { assert_eq!(desk.app.erase_person("u").await.unwrap().bookings, 1) })
    });
    app.delete_resource(Command::default(), "l", "r", true).await.unwrap();
    assert_eq!((desk.status("v's").await.as_str(), desk.days("r").await), ("CANCELED", 0));
}

#[tokio::test]
async fn bookings_of_another_program_that_cannot_be_read_are_in_nobodys_way() {
    for odd in
        [json!({"status": "BOOKED"}), json!({"units": "two"}), json!({"endtimeepochtime": "?"}), json!({"userID": ""})]
    {
        let desk = Desk::open().await;
        desk.resource("r", 1).await.unwrap();
        desk.book("u", "b", &json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR})).await.unwrap();
        let (start, end) = (MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR);
        let mut other = json!({"bookingID": "o", "userID": "u", "resourceID": "r", "starttimeepochtime": start, "endtimeepochtime": end});
        other.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
        if other["userID"] == "" {
            other.as_object_mut().unwrap().remove("userID");
        }
        plant(&desk, Key::new(Table::Bookings, "o"), other).await;
        desk.delete("r", true).await.unwrap();
        assert_eq!(desk.status("b").await, "CANCELED", "{odd}");
    }
}

#[tokio::test]
async fn the_buffer_behind_a_booking_that_is_over_is_in_nobodys_way() {
    let desk = Desk::open().await;
    for resource in ["r", "other"] {
        desk.resource_with(resource, &json!({"bufferAfterMinutes": 120})).await.unwrap();
    }
    let wish = |start: i64| json!({"resourceID": "r", "starttimeepochtime": start});
    let mut both = wish(MIDNIGHT - HOUR);
    both["additionalResources"] = json!([{"resourceID": "other"}]);
    desk.book("u", "over", &both).await.unwrap();
    desk.book("u", "to come", &wish(MIDNIGHT + 5 * HOUR)).await.unwrap();
    let before = desk.app.get_booking("u", "over").await.unwrap().body;
    desk.delete("r", true).await.unwrap();
    assert_eq!(desk.status("to come").await, "CANCELED");
    assert_eq!(desk.app.get_booking("u", "over").await.unwrap().body, before, "it took place");
    let others = json!({"resourceID": "other", "starttimeepochtime": MIDNIGHT + HOUR});
    assert_eq!(rule(desk.book("v", "early", &others).await), "capacity", "another resource keeps its buffer");
    desk.resource("r", 1).await.unwrap();
    assert_eq!(rule(desk.book("v", "second", &wish(MIDNIGHT - HOUR)).await), "capacity", "its past stays booked");
    desk.book("v", "third", &wish(MIDNIGHT)).await.unwrap();
    desk.cancel("v", "third").await.unwrap();
    desk.cancel("u", "over").await.unwrap();
    assert_eq!((desk.days("r").await, desk.days("other").await), (0, 0));
}

/// By a clock that is two minutes ahead the mark is void already.
#[tokio::test]
async fn a_booking_by_a_clock_that_is_ahead_and_a_deletion_do_not_both_succeed() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 1).await.unwrap();
    let app = before_the_second_commit(&desk, |desk| {
        Box::pin(async move {
            let clock = Arc::new(desk.clock.ahead(120));
            let store = Arc::new(Ahead { store: desk.store.clone(), clock: clock.clone() });
            let other = App::new(store, clock.clone(), clock, Settings::default());
            let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR});
            other.put_booking(Command::default(), "u", Some("b"), body(&wish)).await.unwrap();
        })
    });
    assert_eq!(rule(app.delete_resource(Command::default(), "l", "r", false).await), "closing");
    assert_eq!((desk.status("b").await.as_str(), desk.days("r").await), ("CONFIRMED", 1));
    desk.app.get_resource("l", "r").await.unwrap();
    desk.delete("r", true).await.unwrap();
}
