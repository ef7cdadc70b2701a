//! There and back: what the interface showed before it shows afterwards, and everything goes on.

use std::sync::Arc;

use aws::dynoxide::Dynoxide;
use frontdesk::backing::Backing;
use frontdesk::compose::Setup;
use identity::KeySecrets;
use serde_json::{Value, json};
use store::sqlite::{Options, SqliteStore};
use store::{Changes, Key, Loaded, Table, Verdict, log};
use testkit::{Admin, Answer, Caller, HOUR, NINE, TestApp, User, booking_of, order_of};

use super::{dynamodb, put_raw, run, sqlite};

/// Tokens name the public address as their issuer, so it stays the same while the port does not.
fn fixed(setup: &mut Setup) {
    setup.identity.issuer = "http://desk.example.com/local_frontdesk".to_owned();
}

/// From DynamoDB on, keys are stored wrapped.
fn secret(setup: &mut Setup) {
    fixed(setup);
    setup.identity.key_secrets = Some(KeySecrets::parse("a secret of more than thirty-two characters").unwrap());
}

/// Who calls, at wherever the server is.
struct People {
    admin: Admin,
    ada: User,
    bob: User,
}

impl People {
    fn at(self, app: &TestApp) -> Self {
        let moved = |user: User| User { http: app.http.clone(), ..user };
        Self { admin: Admin(moved(self.admin.0)), ada: moved(self.ada), bob: moved(self.bob) }
    }

    fn several(&self, booking: &str, start: i64) -> testkit::Call {
        let mut body = booking_of("room", start, 60);
        body["additionalResources"] = json!([{"resourceID": "beamer", "units": 2}]);
        self.ada.put(&self.ada.path(&format!("/bookings/{booking}")), &body)
    }

    fn repeated(&self) -> testkit::Call {
        self.ada.put("/users/{me}/bookings", &booking_of("beamer", NINE + 50 * HOUR, 60)).key("kept")
    }

    fn refused(&self) -> testkit::Call {
        self.bob.book("never", "room", NINE, 60).key("refused")
    }

    async fn order(&self) -> Answer {
        let mut order = order_of("exact");
        order["orderItems"][0]["price"] = serde_json::from_str("1234567890123456.70").unwrap();
        order["note"] = json!({"": "nameless", "deep": [[{"z": 1, "a": "\u{0}ü"}], [], {}, "", null]});
        self.ada.post("/orders", &order).await
    }
}

/// A venue with something of everything in it.
async fn fill(app: &TestApp) -> People {
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    let people = People { admin, ada, bob };
    let People { admin, ada, bob } = &people;
    admin.resource("l", "beamer", 4).await;
    let exception = json!([{"startDate": "2030-12-24", "endDate": "2030-12-26", "closed": true}]);
    let location = json!({"name": "Ä house", "timeZone": "Europe/Berlin", "exceptions": exception, "area": 1.50});
    admin.put("/locations/m", &location).await.expect(201);
    let room = json!({"name": "Room", "capacity": 1, "slotGridMinutes": 30, "quota": {"bookingsPerDay": 40}, "features": ["Screen"]});
    admin.put("/locations/l/resources/room", &room).await.expect(201);
    let hall = json!({"name": "Hall", "type": "hall", "approvalRequired": true, "approvalExpiryMinutes": 120});
    admin.put("/locations/l/resources/hall", &hall).await.expect(201);
    people.several("both", NINE).await.expect(201);
    people.refused().await.problem(409, "capacity");
    ada.book("gone", "room", NINE + 2 * HOUR, 60).await.expect(201);
    ada.cancel("gone").await.empty(200);
    bob.book("waits", "hall", NINE, 60).await.expect(201);
    people.repeated().await.expect(201);
    people.order().await.expect(200);
    ada.order("canceled").await.expect(200);
    ada.delete("/orders/canceled").await.expect(200);
    bob.put(&bob.path(""), &json!({"name": "Bob", "tags": []})).await;
    people
}

/// What the interface shows: versions and bodies.
async fn seen(people: &People, more: &[&str]) -> Vec<(String, Option<String>, Value)> {
    let (admin, ada, bob) = (&people.admin, people.ada.path(""), people.bob.path(""));
    let mut paths: Vec<String> =
        ["/locations/l", "/locations/m", "/locations/l/resources", "/users"].map(str::to_owned).into();
    paths.extend(["room", "hall", "beamer"].map(|resource| format!("/locations/l/resources/{resource}")));
    paths.extend(["room", "hall", "beamer"].map(|resource| format!("/locations/l/resources/{resource}/bookings")));
    paths.extend(["both", "gone"].map(|booking| format!("{ada}/bookings/{booking}")));
    paths.extend([format!("{bob}/bookings/waits"), format!("{ada}/bookings"), format!("{bob}/bookings"), bob]);
    paths.extend([
        format!("{ada}/orders"),
        "/locations/l/resources/room/availability?from=1906675200&to=1906761600".to_owned(),
    ]);
    paths.extend(more.iter().map(|path| (*path).to_owned()));
    let mut seen = Vec::new();
    for path in paths {
        let answer = admin.get(&path).await;
        let mut body = sorted(answer.json(200));
        // Lists of whole tables have no order.
        if let Some(items) = body.as_array_mut() {
            items.sort_by_key(Value::to_string);
        }
        seen.push((path, answer.header("etag").map(str::to_owned), body));
    }
    for path in ["/orders/exact", "/orders/canceled"] {
        let answer = people.ada.get(path).await;
        seen.push((path.to_owned(), answer.header("etag").map(str::to_owned), sorted(answer.json(200))));
    }
    seen
}

/// The value with its members in the order of their names: `Value` compares them in their own.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        Value::Object(mut members) => {
            members.sort_keys();
            members.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        other => other,
    }
}

/// Answers are repeated, what is taken is refused, what is free can be booked.
async fn goes_on(people: &People, told: &(Answer, Answer), stage: i64) {
    let (repeated, refused) = (people.repeated().await, people.refused().await);
    assert_eq!((repeated.status, repeated.etag(), &repeated.body), (told.0.status, told.0.etag(), &told.0.body));
    assert_eq!(repeated.header("idempotent-replayed"), Some("true"));
    let [before, after] = [&told.1, &refused].map(|answer| {
        let mut problem = answer.problem(409, "capacity");
        problem["request_id"].take();
        problem
    });
    assert_eq!(before, after, "alternatives included, of which one is taken");
    people.bob.book("other", "room", NINE + HOUR / 2, 60).await.problem(409, "capacity");
    people.several("again", NINE + HOUR / 2).await.problem(409, "capacity");
    // First the slot of the booking that was canceled, and an alternative that was named.
    for (name, hour) in [("next", 4 * stage - 2), ("beside", 4 * stage - 3)] {
        people.bob.book(&format!("{name}{stage}"), "room", NINE + hour * HOUR, 60).await.expect(201);
    }
    people.several(&format!("both{stage}"), NINE + (30 + stage) * HOUR).await.expect(201);
    let path = people.ada.path("/bookings/both");
    let tag = people.ada.get(&path).await.etag();
    let mut body = booking_of("room", NINE, 60);
    body["additionalResources"] = json!([{"resourceID": "beamer", "units": 1}]);
    body["note"] = json!(stage);
    let changed = people.ada.put(&path, &body).if_match(&tag).await.expect(200).etag();
    assert_ne!(changed, tag);
    people.ada.put(&path, &body).if_match(&tag).await.problem(412, "precondition-failed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_and_back_everything_is_as_it_was_and_goes_on() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    let app = TestApp::embedded(fixed).await;
    let people = fill(&app).await;
    let told = (people.repeated().await, people.refused().await);
    let before = seen(&people, &[]).await;

    let tables = engine.store("", Arc::<testkit::TestClock>::clone(&app.clock));
    tables.create_tables().await.unwrap();
    let (app, comparison) = app.migrate(Backing::DynamoDb(Arc::new(tables)), secret).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    let events = comparison.tables.iter().find(|compared| compared.table == "events").unwrap();
    assert!(events.to.items() > 10, "{events:?}");
    let people = people.at(&app);
    assert_eq!(seen(&people, &[]).await, before);
    goes_on(&people, &told, 1).await;
    put_raw(&engine, "locations", json!({"locationID": {"S": "theirs"}, "odd": {"L": [{"NULL": true}, {"N": "1.5"}]}}))
        .await;
    let order = json!({"userId": {"S": people.ada.sub}, "orderId": {"S": "theirs"}, "data": {"M": {"orderId": {"S": "theirs"}}}});
    put_raw(&engine, "orders", order).await;
    let theirs = ["/locations/theirs"];
    let before = seen(&people, &theirs).await;

    let back = SqliteStore::open(Options::new(directory.path()), Arc::<testkit::TestClock>::clone(&app.clock)).unwrap();
    let (app, comparison) = app.migrate(Backing::Embedded(Arc::new(back)), secret).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    let people = people.at(&app);
    assert_eq!(seen(&people, &theirs).await, before);
    goes_on(&people, &told, 2).await;
    let stored = app.instance.store.get(&Key::new(Table::Locations, "theirs")).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.private), (0, None));

    app.clock.advance_seconds(2 * HOUR + 60);
    app.instance.app.run_due(100).await.unwrap();
    let bob = people.bob.signed_in_again(&app.cognito).await;
    assert_eq!(bob.get("/users/{me}/bookings/waits").await.json(200)["status"], "EXPIRED");
    bob.book("mine", "hall", NINE, 60).await.expect(201);
}

/// Events that wait in the outbox are in the log of the embedded store, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_wait_for_the_log_are_in_it_afterwards() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    let (from, to) = (dynamodb(&engine, "from-").await, sqlite("to", directory.path()));
    let event = |sequence| {
        let mut changes = Changes::none();
        let key = Key::number(Table::Events, "user/u", sequence);
        changes.put(key, &json!({"aggregate": "user/u", "sequence": sequence})).unwrap();
        changes
    };
    for sequence in [7, 9] {
        let changes = event(sequence);
        let decide = move |_: &Loaded| Ok(Verdict::<(), ()>::Commit(changes.clone(), ()));
        store::transact(from.store.as_ref(), Vec::new(), decide).await.unwrap().unwrap();
    }
    assert!(run(&from, &to).await.unwrap().is_equal());
    let page = log::read(to.store.as_ref(), 0, 10).await.unwrap();
    assert_eq!((page.events.len(), page.through), (2, 2));
    // Whoever goes on from there goes on behind them.
    let changes = event(11);
    let decide = move |_: &Loaded| Ok(Verdict::<(), ()>::Commit(changes.clone(), ()));
    store::transact(to.store.as_ref(), Vec::new(), decide).await.unwrap().unwrap();
    let page = log::read(to.store.as_ref(), 2, 10).await.unwrap();
    assert_eq!((page.events.len(), page.through), (1, 3));
}
