//! One person's data: handed out whole, and erased whole, wherever the erasure is cut off.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use app::{App, Command, Erased, Failure, Idempotency, Settings};
use domain::Clock;
use domain::limits::PAGE_ITEMS;
use serde_json::{Value, json};
use store::{Index, Key, Store, StoreError, Table};

use crate::histories;
use crate::support::{Desk, Failing, MIDNIGHT, body, meanwhile, plant, rule};

const ADA: &str = "0b7f9c55-3a51-4b8e-9a6f-1f6a2f7c0001";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn by(caller: &str, key: Option<&str>) -> Command {
    let idempotency = key.map(|key| Idempotency {
        key: key.to_owned(),
        method: "PUT",
        route: "/users/{userid}/bookings".to_owned(),
        fingerprint: String::new(),
    });
    Command { caller: caller.to_owned(), idempotency, ..Command::default() }
}

async fn book(desk: &Desk, by: Command, user: &str, booking: &str, start: i64) {
    let wish = json!({"resourceID": "r0", "starttimeepochtime": start, "title": "ada@example.com"});
    desk.app.put_booking(by, user, Some(booking), body(&wish)).await.unwrap();
}

/// A desk at which Ada did all that one can do, and Bob something beside her.
async fn lived_in() -> Desk {
    let desk = Desk::open().await;
    desk.resource("r0", 2).await.unwrap();
    desk.resource("r1", 2).await.unwrap();
    desk.resource("r2", 2).await.unwrap();
    let profile = json!({"name": "Ada", "email": "ada@example.com"});
    desk.app.put_user(by(ADA, Some("profile")), ADA, body(&profile)).await.unwrap();
    for (booking, start) in [("past", -5 * DAY), ("to come", 5 * DAY), ("moved", 6 * DAY), ("canceled", 7 * DAY)] {
        book(&desk, by(ADA, Some(booking)), ADA, booking, MIDNIGHT + start).await;
        book(&desk, by("bob", Some(booking)), "bob", &format!("bob's {booking}"), MIDNIGHT + start).await;
    }
    book(&desk, by(ADA, None), ADA, "moved", MIDNIGHT + 8 * DAY).await;
    let both = json!({"resourceID": "r1", "starttimeepochtime": MIDNIGHT + 5 * DAY, "additionalResources": [{"resourceID": "r2"}]});
    desk.app.put_booking(by(ADA, Some("both")), ADA, Some("both"), body(&both)).await.unwrap();
    book(&desk, by("admin", Some("for ada")), ADA, "by an administrator", MIDNIGHT + 9 * DAY).await;
    desk.cancel(ADA, "canceled").await.unwrap();
    for user in [ADA, "bob"] {
        for order in ["o1", "o2"] {
            let order = json!({"orderId": order, "restaurantId": 1, "totalAmount": 1, "orderItems": [{"id": 1, "name": "Tea", "price": 1, "quantity": 1}]});
            desk.app.place_order(by(user, None), body(&order)).await.unwrap();
        }
        desk.app.cancel_order(by(user, None), user, "o2").await.unwrap();
    }
    desk
}

/// Checks that just those units are in use that bookings claim.
async fn assert_free(desk: &Desk) {
    let (store, now) = (desk.store.as_ref(), desk.clock.now());
    assert_eq!(histories::stored(store, now, now).await, histories::booked(store, now).await);
}

/// Every item that names Ada.
async fn traces(store: &dyn Store) -> Vec<String> {
    let mut found = Vec::new();
    for table in Table::ALL {
        let mut after = None;
        loop {
            let page = store.scan(table, PAGE_ITEMS, after).await.unwrap();
            let texts = page.items.into_iter().map(|item| item.body + &item.private.unwrap_or_default());
            found.extend(texts.filter(|text| text.contains(ADA) || text.contains("ada@example.com")));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    // Bob wrote her address down himself.
    found.retain(|text| !text.contains("\"bob\"") && !text.contains("bob#"));
    found
}

#[tokio::test]
async fn what_is_erased_is_in_no_table_and_others_keep_theirs() {
    let desk = lived_in().await;
    let store = desk.store.as_ref();
    assert!(traces(store).await.len() > 20);
    let erased = desk.app.erase_person(ADA).await.unwrap();
    assert_eq!((erased.bookings, erased.released, erased.orders, erased.profiles), (6, 5, 2, 1));
    // Her own of the profile, five bookings and two orders, and the administrator's.
    assert_eq!(erased.answers, 9);
    assert_eq!(traces(store).await, Vec::<String>::new());
    assert_free(&desk).await;
    assert_eq!(desk.days("r0").await, 4, "Bob's bookings stand");
    assert_eq!(desk.app.list_orders("bob", 10, None).await.unwrap().items.len(), 2);
    assert_eq!(desk.app.erase_person(ADA).await.unwrap(), Erased::default());
}

#[tokio::test]
async fn who_is_erased_writes_nothing_more() {
    let desk = lived_in().await;
    desk.app.erase_person(ADA).await.unwrap();
    let wish = json!({"resourceID": "r0", "starttimeepochtime": MIDNIGHT + 20 * DAY});
    let late = desk.app.put_booking(by(ADA, Some("late")), ADA, None, body(&wish)).await;
    assert_eq!(rule(late), "forbidden");
    assert_eq!(rule(desk.app.put_user(by(ADA, None), ADA, body(&json!({}))).await), "forbidden");
    assert_eq!(traces(desk.store.as_ref()).await, Vec::<String>::new());
}

#[tokio::test]
async fn whom_an_issuer_outside_lets_in_again_may_write_once_old_requests_are_over() {
    let desk = lived_in().await;
    desk.app.erase_person(ADA).await.unwrap();
    desk.clock.wait(3_599);
    assert_eq!(rule(desk.app.put_user(by(ADA, None), ADA, body(&json!({}))).await), "forbidden");
    desk.clock.wait(1);
    desk.app.put_user(by(ADA, None), ADA, body(&json!({}))).await.unwrap();
}

#[tokio::test]
async fn a_second_look_erases_what_another_process_wrote_meanwhile() {
    let desk = lived_in().await;
    let other = App::new(desk.store.clone(), desk.clock.clone(), desk.clock.clone(), Settings::default());
    let mut erased = desk.app.erase_person(ADA).await.unwrap();
    other.put_user(by(ADA, None), ADA, body(&json!({"name": "Ada"}))).await.unwrap();
    assert_eq!(traces(desk.store.as_ref()).await.len(), 3, "the profile, its event and that one's place");
    erased += desk.app.erase_person(ADA).await.unwrap();
    assert_eq!((erased.bookings, erased.profiles), (6, 2));
    assert_eq!(traces(desk.store.as_ref()).await, [""; 0]);
}

#[tokio::test]
async fn an_erasure_that_is_cut_off_anywhere_is_completed_by_the_next() {
    let mut cuts = 0;
    loop {
        let desk = lived_in().await;
        let failing = Failing { store: desk.store.clone(), commits: AtomicUsize::new(0), failing: cuts..usize::MAX };
        let app = App::new(Arc::new(failing), desk.clock.clone(), desk.clock.clone(), Settings::default());
        let outcome = app.erase_person(ADA).await;
        let store = desk.store.as_ref();
        assert_free(&desk).await;
        match outcome {
            Ok(_) => break,
            Err(Failure::Store(StoreError::Unavailable(_))) => {}
            Err(other) => panic!("{other}"),
        }
        desk.app.erase_person(ADA).await.unwrap();
        assert_eq!(traces(store).await, Vec::<String>::new(), "after {cuts} commits");
        assert_free(&desk).await;
        cuts += 1;
    }
    assert!(cuts > 10, "{cuts}");
}

#[tokio::test]
async fn two_erasures_at_once_are_one() {
    let desk = lived_in().await;
    let (one, other) = tokio::join!(desk.app.erase_person(ADA), desk.app.erase_person(ADA));
    assert_eq!(one.unwrap().bookings + other.unwrap().bookings, 6);
    let store = desk.store.as_ref();
    assert_eq!(traces(store).await, Vec::<String>::new());
    assert_free(&desk).await;
}

#[tokio::test]
async fn everything_is_handed_out_page_by_page() {
    let desk = lived_in().await;
    // More events of one booking than a page holds.
    for minute in 0..1_100 {
        book(&desk, by("admin", None), ADA, "to come", MIDNIGHT + 30 * DAY + minute * 60).await;
    }
    let (mut lines, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = desk.app.export_person(ADA, after.as_deref()).await.unwrap();
        assert!(page.items.len() <= 2 * PAGE_ITEMS);
        lines.extend(page.items);
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(pages > 1);
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!((count("profile"), count("booking"), count("order")), (1, 6, 2));
    // Made: six bookings, two orders, a profile. Changed: moved, canceled, an order canceled; and moved again and again.
    assert_eq!(count("event"), 9 + 3 + 1_100);
    let statuses = lines.iter().filter(|line| line["data"]["status"] == "CANCELED").count();
    assert_eq!(statuses, 1, "a canceled booking is there too");
    assert!(!lines.iter().any(|line| line.to_string().contains("bob")));
}

#[tokio::test]
async fn the_parts_of_a_booking_that_moves_meanwhile_are_erased_too() {
    let desk = Arc::new(lived_in().await);
    let app = meanwhile(&desk, Index::BookingsByUserByTime, |desk| {
        Box::pin(async move {
            let other = json!({"resourceID": "r2", "starttimeepochtime": MIDNIGHT + 5 * DAY, "additionalResources": [{"resourceID": "r1"}]});
            desk.app.put_booking(by("admin", None), ADA, Some("both"), body(&other)).await.unwrap();
        })
    });
    app.erase_person(ADA).await.unwrap();
    assert_eq!(traces(desk.store.as_ref()).await, [""; 0]);
    assert_free(&desk).await;
}

#[tokio::test]
async fn what_another_program_stored_is_erased_also_where_it_cannot_be_read() {
    let desk = Desk::open().await;
    for (booking, odd) in [("a", json!("two")), ("b", json!({}))] {
        let other = json!({"bookingID": booking, "userID": ADA, "resourceID": "r", "starttimeepochtime": MIDNIGHT, "units": odd});
        plant(&desk, Key::new(Table::Bookings, booking), other).await;
    }
    assert_eq!(desk.app.erase_person(ADA).await.unwrap().bookings, 2);
    assert_eq!(traces(desk.store.as_ref()).await, [""; 0]);
}
