//! Requests that are accepted at once and fulfilled later: in order, each once.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use app::{App, Command, Failure, Progress, Settings};
use serde_json::{Value, json};
use store::{Changes, Index, Key, Loaded, Query, Table, Verdict, Write};

use crate::support::{Desk, Failing, MIDNIGHT, plant, rule};

/// Asks for something, and answers with the request's identifier.
async fn request(app: &App, user: &str, body: Value) -> String {
    let command = Command { caller: user.to_owned(), soft_rules: true, ..Command::default() };
    let body = app.request_booking(command, body).await.unwrap().body.unwrap();
    serde_json::from_str(&body).unwrap()
}

async fn progress(desk: &Desk, message_id: &str) -> Progress {
    desk.app.request_progress(None, message_id).await.unwrap()
}

/// The rule by which a request was rejected.
async fn rejected(desk: &Desk, message_id: &str) -> String {
    match progress(desk, message_id).await {
        Progress::Rejected { reason, .. } => reason.rule,
        other => panic!("not rejected: {other:?}"),
    }
}

fn is_completed(progress: &Progress) -> bool {
    matches!(progress, Progress::Completed { .. })
}

fn hour(number: i64) -> Value {
    json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + number * 3600, "durationMinutes": 60})
}

/// Whether nothing of the machinery is left: no lane, and nothing in any.
async fn is_idle(desk: &Desk) -> bool {
    let lanes = desk.store.scan(Table::Timers, 100, None).await.unwrap().items;
    let queue = desk.store.scan(Table::Queue, 100, None).await.unwrap().items;
    lanes.is_empty() && queue.is_empty()
}

#[tokio::test]
async fn what_is_accepted_first_is_fulfilled_first() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let (first, second, other) = (
        request(&desk.app, "u", hour(1)).await,
        request(&desk.app, "v", hour(1)).await,
        request(&desk.app, "v", hour(2)).await,
    );
    assert_eq!(progress(&desk, &first).await, Progress::InProcess);
    assert_eq!(desk.app.fulfil_waiting().await.unwrap(), 3);
    let Progress::Completed { confirm_code, booking_id } = progress(&desk, &first).await else { panic!() };
    assert!(!confirm_code.is_empty());
    let booking_id = booking_id.unwrap();
    let booking: Value =
        serde_json::from_str(&desk.app.get_booking("u", &booking_id).await.unwrap().body.unwrap()).unwrap();
    assert_eq!((&booking["status"], &booking["starttimeepochtime"]), (&json!("CONFIRMED"), &json!(MIDNIGHT + 3600)));
    let Progress::Rejected { reason, .. } = progress(&desk, &second).await else { panic!() };
    assert_eq!(reason.rule, "capacity");
    assert!(!reason.conflicts.is_empty() && !reason.alternatives.is_empty());
    assert!(is_completed(&progress(&desk, &other).await));
    assert!(is_idle(&desk).await);
    assert_eq!(desk.app.fulfil_waiting().await.unwrap(), 0);
}

#[tokio::test]
async fn anything_that_names_no_resource_is_let_in() {
    let desk = Desk::open().await;
    let mut messages = Vec::new();
    for body in
        [Value::Null, json!({}), json!("two tickets, please"), json!([1, 2.5]), json!({"show": {"resourceID": "r"}})]
    {
        messages.push(request(&desk.app, "u", body).await);
    }
    assert_eq!(desk.app.fulfil_waiting().await.unwrap(), messages.len());
    for message in &messages {
        let Progress::Completed { booking_id, .. } = progress(&desk, message).await else { panic!() };
        assert_eq!(booking_id, None);
    }
    assert!(is_idle(&desk).await);
}

#[tokio::test]
async fn what_cannot_be_fulfilled_says_why_and_blocks_nothing() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    desk.resource_with("early", &json!({"minNoticeMinutes": 60})).await.unwrap();
    let mut wide = json!({"resourceID": "wide", "starttimeepochtime": MIDNIGHT, "durationMinutes": 7 * 24 * 60});
    wide["waitlist"] = json!(true);
    desk.resource_with("wide", &json!({"bufferAfterMinutes": 30})).await.unwrap();
    let bad = [
        (json!({"resourceID": "none", "starttimeepochtime": MIDNIGHT}), "not-found"),
        (json!({"resourceID": "early", "starttimeepochtime": MIDNIGHT}), "min-notice"),
        (wide, "invalid"),
        (json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT, "units": 2}), "capacity"),
    ];
    let mut messages = Vec::new();
    for (body, rule) in bad {
        messages.push((request(&desk.app, "u", body.clone()).await, rule, body));
    }
    let good = request(&desk.app, "u", hour(1)).await;
    desk.app.fulfil_waiting().await.unwrap();
    for (message, rule, body) in messages {
        assert_eq!(rejected(&desk, &message).await, rule, "{body}");
    }
    assert!(is_completed(&progress(&desk, &good).await));
    assert!(is_idle(&desk).await);
}

#[tokio::test]
async fn what_is_wrong_by_form_is_refused_at_once_and_nothing_is_kept_of_it() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    for (member, value) in [
        ("resourceID", json!(7)),
        ("resourceID", json!("")),
        ("starttimeepochtime", Value::Null),
        ("starttimeepochtime", json!(MIDNIGHT + 1)),
        ("endtimeepochtime", json!(MIDNIGHT - 60)),
        ("durationMinutes", json!(0)),
        ("units", json!("two")),
        ("hold", json!("long")),
        ("waitlist", json!("yes")),
    ] {
        let mut wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT});
        wish[member] = value;
        let command = Command { caller: "u".to_owned(), ..Command::default() };
        let Err(Failure::Refused(refusal)) = desk.app.request_booking(command, wish.clone()).await else {
            panic!("{wish}")
        };
        let pointers: Vec<&str> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!((refusal.rule.as_str(), pointers), ("invalid", vec![format!("/{member}").as_str()]), "{wish}");
    }
    assert!(is_idle(&desk).await);
    assert!(desk.store.scan(Table::Requests, 10, None).await.unwrap().items.is_empty());
}

/// Replaces what was asked for, as if an earlier version had accepted it.
async fn rewrite(desk: &Desk, message_id: &str, body: Value) {
    let key = Key::new(Table::Requests, message_id);
    let item = key.clone();
    let decide = move |loaded: &Loaded| {
        let stored = loaded.item(&item)?.unwrap();
        let mut ticket = stored.body::<Value>()?;
        ticket["body"] = body.clone();
        let mut changes = Changes::none();
        changes.push(Write::Put { key: item.clone(), body: ticket.to_string(), private: stored.private.clone() });
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(desk.store.as_ref(), vec![key], decide).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_an_earlier_version_accepted_ends_rejected_and_blocks_nothing() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let mut messages = Vec::new();
    for body in [json!({"resourceID": "r"}), json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT, "hold": "on"})] {
        let message = request(&desk.app, "u", hour(1)).await;
        rewrite(&desk, &message, body).await;
        messages.push(message);
    }
    let good = request(&desk.app, "u", hour(1)).await;
    desk.app.fulfil_waiting().await.unwrap();
    for message in messages {
        assert_eq!(rejected(&desk, &message).await, "invalid");
    }
    assert!(is_completed(&progress(&desk, &good).await));
    assert!(is_idle(&desk).await);
}

#[tokio::test]
async fn a_rejection_names_the_request_that_asked() {
    let desk = Desk::open().await;
    let command = Command { caller: "u".to_owned(), request_id: "asked".to_owned(), ..Command::default() };
    let message: String =
        serde_json::from_str(&desk.app.request_booking(command, hour(1)).await.unwrap().body.unwrap()).unwrap();
    desk.app.fulfil_waiting().await.unwrap();
    let Progress::Rejected { reason, request_id } = progress(&desk, &message).await else { panic!() };
    assert_eq!((reason.rule.as_str(), request_id.as_deref()), ("not-found", Some("asked")));
}

#[tokio::test]
async fn only_the_requester_and_administrators_see_a_request() {
    let desk = Desk::open().await;
    let message = request(&desk.app, "u", Value::Null).await;
    assert!(desk.app.request_progress(Some("u"), &message).await.is_ok());
    for (user, message) in [(Some("v"), message.as_str()), (None, "none")] {
        let Err(Failure::Refused(refusal)) = desk.app.request_progress(user, message).await else { panic!() };
        assert_eq!(refusal.rule, "not-found");
    }
}

/// Several workers of two processes race for the requests of one resource: each ends once, and those that came first have it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_races_the_order_stands() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 10).await.unwrap();
    let mut messages = Vec::new();
    for number in 0..60 {
        messages.push(request(&desk.app, &format!("u{number}"), hour(1)).await);
    }
    let other =
        Arc::new(App::new(desk.store.clone(), desk.clock.clone(), Arc::new(desk.clock.ahead(0)), Settings::default()));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (desk, other) = (desk.clone(), other.clone());
        workers.spawn(async move {
            let (mine, theirs) = tokio::join!(desk.app.fulfil_waiting(), other.fulfil_waiting());
            mine.unwrap() + theirs.unwrap()
        });
    }
    workers.join_all().await;
    desk.app.fulfil_waiting().await.unwrap();
    for (number, message) in messages.iter().enumerate() {
        let progress = progress(&desk, message).await;
        assert_eq!(is_completed(&progress), number < 10, "{number}: {progress:?}");
        let events = desk.store.query(Query::table(Table::Events, format!("request/{message}"))).await.unwrap().items;
        let kinds: Vec<String> =
            events.iter().map(|event| event.body::<Value>().unwrap()["type"].as_str().unwrap().to_owned()).collect();
        let end = if number < 10 { "frontdesk.request.completed" } else { "frontdesk.request.rejected" };
        assert_eq!(kinds, ["frontdesk.request.accepted", end]);
    }
    assert!(is_idle(&desk).await);
}

#[tokio::test]
async fn workers_hear_of_what_comes_in() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 1).await.unwrap();
    let worker = tokio::spawn({
        let desk = desk.clone();
        async move { desk.app.fulfil().await }
    });
    for number in 0..50 {
        request(&desk.app, "u", hour(number)).await;
        request(&desk.app, "u", Value::Null).await;
    }
    while !is_idle(&desk).await {
        tokio::task::yield_now().await;
    }
    worker.abort();
    let bookings = desk.store.query(Query::index(Index::BookingsByUserByTime, "u")).await.unwrap().items;
    assert_eq!(bookings.len(), 50);
}

#[tokio::test]
async fn a_lane_that_is_full_takes_no_more() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let message = request(&desk.app, "u", hour(1)).await;
    let lane = desk.store.scan(Table::Timers, 10, None).await.unwrap().items.remove(0);
    let mut stored: Value = lane.body().unwrap();
    stored["waiting"] = json!(domain::limits::LANE_REQUESTS);
    let key = Key::of(Table::Timers, &lane).unwrap();
    store::remove(desk.store.as_ref(), vec![key.clone()]).await.unwrap();
    plant(&desk, key.clone(), stored).await;
    let refused = desk.app.request_booking(Command { caller: "u".to_owned(), ..Command::default() }, hour(2)).await;
    assert_eq!(rule(refused), "queue-full");
    assert_eq!(desk.app.fulfil_waiting().await.unwrap(), 1);
    assert!(is_completed(&progress(&desk, &message).await));
    request(&desk.app, "u", hour(2)).await;
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_rejected_and_blocks_nothing() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let (odd, good) = (request(&desk.app, "u", hour(1)).await, request(&desk.app, "u", hour(2)).await);
    let key = Key::new(Table::Requests, odd.as_str());
    store::remove(desk.store.as_ref(), vec![key.clone()]).await.unwrap();
    let gone = request(&desk.app, "u", hour(3)).await;
    store::remove(desk.store.as_ref(), vec![Key::new(Table::Requests, gone)]).await.unwrap();
    plant(&desk, key, json!({"message_id": odd, "booking_status": "odd"})).await;
    desk.app.fulfil_waiting().await.unwrap();
    assert!(is_completed(&progress(&desk, &good).await));
    assert!(is_idle(&desk).await);
}

#[tokio::test]
async fn an_erased_persons_requests_go_and_make_no_bookings() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    request(&desk.app, "u", hour(1)).await;
    desk.app.fulfil_waiting().await.unwrap();
    request(&desk.app, "u", hour(2)).await;
    let kept = request(&desk.app, "v", hour(2)).await;
    let lines = desk.app.export_person("u", None).await.unwrap().items;
    assert_eq!(lines.iter().filter(|line| line.starts_with("{\"kind\":\"request\"")).count(), 2);
    let erased = desk.app.erase_person("u").await.unwrap();
    assert_eq!((erased.requests, erased.bookings), (2, 1));
    assert_eq!(desk.app.fulfil_waiting().await.unwrap(), 1);
    assert!(is_completed(&progress(&desk, &kept).await));
    assert!(is_idle(&desk).await);
    assert!(desk.app.export_person("u", None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn one_that_cannot_be_read_hinders_no_erasure() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let odd = request(&desk.app, "u", hour(1)).await;
    let key = Key::new(Table::Requests, odd.as_str());
    let private = desk.store.get(&key).await.unwrap().unwrap().private;
    let (item, body) = (key.clone(), json!({"message_id": odd, "userID": "u", "booking_status": "odd"}).to_string());
    let decide = move |_: &Loaded| {
        let mut changes = Changes::none();
        changes.push(Write::Put { key: item.clone(), body: body.clone(), private: private.clone() });
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(desk.store.as_ref(), vec![key], decide).await.unwrap().unwrap();
    assert_eq!(desk.app.erase_person("u").await.unwrap().requests, 1);
    assert!(is_idle(&desk).await);
}

/// The same desk, where these commits fail, counted from the next one on.
fn failing(desk: &Desk, failing: Range<usize>) -> App {
    let store = Arc::new(Failing { store: desk.store.clone(), commits: AtomicUsize::new(0), failing });
    App::new(store, desk.clock.clone(), desk.clock.clone(), Settings::default())
}

#[tokio::test]
async fn a_store_that_fails_for_a_while_costs_nobody_their_turn() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let (first, second) = (request(&desk.app, "u", hour(1)).await, request(&desk.app, "v", hour(1)).await);
    assert_eq!(failing(&desk, 0..4).fulfil_waiting().await.unwrap(), 2, "tried again within one look");
    assert!(is_completed(&progress(&desk, &first).await));
    assert_eq!(rejected(&desk, &second).await, "capacity");
}

#[tokio::test]
async fn a_store_that_fails_for_longer_is_tried_by_a_later_look() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let (first, second) = (request(&desk.app, "u", hour(1)).await, request(&desk.app, "v", hour(1)).await);
    assert_eq!(failing(&desk, 0..100).fulfil_waiting().await.unwrap(), 0);
    assert_eq!(progress(&desk, &first).await, Progress::InProcess);
    assert_eq!(desk.app.fulfil_waiting().await.unwrap(), 2);
    assert!(is_completed(&progress(&desk, &first).await));
    assert_eq!(rejected(&desk, &second).await, "capacity");
}
