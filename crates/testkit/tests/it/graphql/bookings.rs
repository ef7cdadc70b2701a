//! Bookings by GraphQL: made, moved, canceled, seen and listed.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp};

const BOOK: &str = "mutation($id: ID, $user: ID, $version: Long, $dry: Boolean! = false, $booking: BookingInput!) {
    book(id: $id, userID: $user, ifVersion: $version, dryRun: $dry, booking: $booking) {
        bookingID userID resourceID locationID starttimeepochtime endtimeepochtime units status version title body
    }
}";

fn wish(hour: i64) -> Value {
    json!({"resourceID": "r", "starttimeepochtime": NINE + hour * HOUR, "durationMinutes": 60})
}

fn booking(id: &str, hour: i64) -> Value {
    json!({"id": id, "booking": wish(hour)})
}

#[tokio::test]
async fn a_booking_is_made_moved_seen_and_canceled() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    let mut first = booking("b", 0);
    first["booking"]["title"] = json!("Review");
    first["booking"]["more"] = json!({"colour": "red", "code": null, "size": 12.50});
    first["booking"]["attendees"] = json!([{"name": "Grace"}]);
    let made = ada.graphql(BOOK, &first).await.data()["book"].clone();
    assert_eq!(
        (&made["bookingID"], &made["userID"], &made["locationID"], &made["status"], &made["title"]),
        (&json!("b"), &json!(ada.sub), &json!("l"), &json!("CONFIRMED"), &json!("Review"))
    );
    assert_eq!((&made["starttimeepochtime"], &made["endtimeepochtime"]), (&json!(NINE), &json!(NINE + HOUR)));
    let rest = ada.get("/users/{me}/bookings/b").await;
    assert_eq!(made["body"], rest.json(200), "the same document");
    assert_eq!(rest.header("etag"), Some(format!("\"{}\"", made["version"]).as_str()));
    assert_eq!(
        (&made["body"]["colour"], &made["body"]["size"], &made["body"]["attendees"]),
        (&json!("red"), &json!(12.5), &json!([{"name": "Grace"}]))
    );

    let mut moved = booking("b", 2);
    moved["version"] = json!(1);
    ada.graphql(BOOK, &moved).await.graphql_problem(200, "precondition-failed");
    moved["version"] = made["version"].clone();
    let moved = ada.graphql(BOOK, &moved).await.data()["book"].clone();
    assert_eq!(moved["starttimeepochtime"], json!(NINE + 2 * HOUR));

    let see =
        "query($u: ID!) { booking(userID: $u, id: \"b\") { status version resource { name location { name } } } }";
    let seen = ada.graphql(see, &json!({"u": ada.sub})).await.data()["booking"].clone();
    let wanted = json!({"status": "CONFIRMED", "version": moved["version"], "resource": {"name": "r", "location": {"name": "l"}}});
    assert_eq!(seen, wanted);

    let cancel = "mutation { cancelBooking(id: \"b\") { status } }";
    for _ in 0..2 {
        let canceled = ada.graphql(cancel, &Value::Null).await.data();
        assert_eq!(canceled, json!({"cancelBooking": {"status": "CANCELED"}}));
    }
    ada.graphql(BOOK, &booking("b", 3)).await.graphql_problem(200, "booking-canceled");
}

#[tokio::test]
async fn a_booking_that_is_held_is_confirmed() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    let mut held = booking("b", 0);
    held["booking"]["more"] = json!({"hold": 10});
    assert_eq!(ada.graphql(BOOK, &held).await.data()["book"]["status"], "HELD");
    for _ in 0..2 {
        let confirmed = ada.graphql("mutation { confirmBooking(id: \"b\") { status } }", &Value::Null).await.data();
        assert_eq!(confirmed, json!({"confirmBooking": {"status": "CONFIRMED"}}));
    }
}

#[tokio::test]
async fn a_refusal_names_its_rule_and_what_is_free_instead() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    admin.resource("l", "s", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.graphql(BOOK, &booking("a", 0)).await.data();
    let answer = bob.graphql(BOOK, &booking("b", 0)).await;
    let body = answer.json(200);
    assert_eq!((&body["data"], &body["errors"][0]["path"]), (&json!({"book": null}), &json!(["book"])));
    let problem = answer.graphql_problem(200, "capacity");
    assert_eq!((&problem["status"], &problem["type"]), (&json!(409), &json!("urn:frontdesk:problem:capacity")));
    assert_eq!(body["errors"][0]["message"], problem["detail"]);
    let rest = bob.put(&bob.path("/bookings/b"), &wish(0)).await.problem(409, "capacity");
    for member in ["conflicts", "alternatives", "alternativeResources", "detail", "title"] {
        assert_eq!(problem[member], rest[member], "{member}");
        assert!(!rest[member].is_null(), "{member}");
    }
    // One field that is refused takes nothing from the others.
    let two = "mutation($a: BookingInput!, $b: BookingInput!) { one: book(id: \"x\", booking: $a) { status } \
        two: book(id: \"y\", booking: $b) { status } }";
    let answer = bob.graphql(two, &json!({"a": wish(0), "b": wish(1)})).await;
    assert_eq!(answer.json(200)["data"], json!({"one": null, "two": {"status": "CONFIRMED"}}));
    answer.graphql_problem(200, "capacity");
}

#[tokio::test]
async fn bad_input_is_named_at_its_place() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    for (place, value, pointer) in [
        ("starttimeepochtime", json!(NINE + 1), "/starttimeepochtime"),
        ("units", json!(0), "/units"),
        ("units", json!(1.5), "/units"),
        ("durationMinutes", json!(1e30), "/durationMinutes"),
        ("title", json!("x".repeat(300)), "/title"),
        ("more", json!([1]), "/more"),
        ("more", json!({"_fd_x": 1}), "/_fd_x"),
    ] {
        let mut wrong = booking("b", 0);
        wrong["booking"][place] = value;
        let problem = ada.graphql(BOOK, &wrong).await.graphql_problem(200, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let mut unknown = booking("b", 0);
    unknown["booking"]["resourceID"] = json!("none");
    ada.graphql(BOOK, &unknown).await.graphql_problem(200, "not-found");
    let long = "x".repeat(300);
    ada.graphql(BOOK, &json!({"id": long, "booking": wish(0)})).await.graphql_problem(200, "invalid");
    // What the language itself refuses: it does not fit the schema.
    for variables in [json!({}), json!({"booking": {"resourceID": "r"}})] {
        ada.graphql(BOOK, &variables).await.graphql_problem(400, "invalid");
    }
    ada.graphql(BOOK, &json!({"booking": 7})).await.graphql_problem(200, "invalid");
    assert_eq!(ada.get("/users/{me}/bookings").await.array(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_rehearsal_changes_nothing() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    let mut dry = booking("b", 0);
    dry["dry"] = json!(true);
    assert_eq!(ada.graphql(BOOK, &dry).await.data()["book"]["status"], "CONFIRMED");
    assert_eq!(ada.get("/users/{me}/bookings").await.array(), Vec::<Value>::new());
}

#[tokio::test]
async fn others_may_not_and_see_outlines() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 5).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.graphql(BOOK, &booking("a", 0)).await.data();
    let ada_sub = json!({"u": ada.sub});
    for document in [
        "query($u: ID!) { booking(userID: $u, id: \"a\") { status } }",
        "query($u: ID!) { bookings(userID: $u) { items { status } } }",
        "query($u: ID!) { orders(userID: $u) { items { status } } }",
        "mutation($u: ID!) { cancelBooking(userID: $u, id: \"a\") { status } }",
        "mutation($u: ID!) { book(userID: $u, booking: {resourceID: \"r\", starttimeepochtime: 0}) { status } }",
    ] {
        let problem = bob.graphql(document, &ada_sub).await.graphql_problem(200, "forbidden");
        assert_eq!(problem["status"], 403);
        if !document.contains("book(") {
            admin.graphql(document, &ada_sub).await.data();
        }
    }
    // Another's booking under one's own name is none.
    let own = "query($u: ID!) { booking(userID: $u, id: \"a\") { status } }";
    bob.graphql(own, &json!({"u": bob.sub})).await.graphql_problem(200, "not-found");

    bob.graphql(BOOK, &booking("b", 1)).await.data();
    let list = "{ resourceBookings(locationID: \"l\", resourceID: \"r\", all: true) { nextCursor items {
        bookingID userID title resourceID starttimeepochtime units status body } } }";
    let seen = bob.graphql(list, &Value::Null).await.data()["resourceBookings"].clone();
    let rest = bob.get("/locations/l/resources/r/bookings?status=all").await.array();
    assert_eq!((seen["items"].as_array().unwrap().len(), &seen["nextCursor"]), (2, &Value::Null));
    for (item, rest) in seen["items"].as_array().unwrap().iter().zip(&rest) {
        assert_eq!(item["body"], *rest);
        assert_eq!(item["bookingID"], *rest.get("bookingID").unwrap_or(&Value::Null));
    }
    assert_eq!((&seen["items"][0]["userID"], &seen["items"][0]["status"]), (&Value::Null, &json!("CANCELED")));
    assert_eq!(seen["items"][1]["userID"], json!(bob.sub));
    let seen = admin.graphql(list, &Value::Null).await.data();
    assert_eq!(seen["resourceBookings"]["items"][0]["userID"], json!(ada.sub));
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    for hour in 0..5 {
        ada.graphql(BOOK, &booking(&format!("b{hour}"), hour)).await.data();
    }
    let list = "query($u: ID!, $limit: Int!, $cursor: String) {
        bookings(userID: $u, limit: $limit, cursor: $cursor) { nextCursor items { bookingID } } }";
    let (mut cursor, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({"u": ada.sub, "limit": 2, "cursor": cursor});
        let page = ada.graphql(list, &variables).await.data()["bookings"].clone();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["bookingID"].clone()));
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen, ["b0", "b1", "b2", "b3", "b4"]);
    for (limit, cursor) in [(0, Value::Null), (1_001, Value::Null), (-1, Value::Null), (2, json!("other"))] {
        let variables = json!({"u": ada.sub, "limit": limit, "cursor": cursor});
        ada.graphql(list, &variables).await.graphql_problem(200, "invalid");
    }
}

#[tokio::test]
async fn a_key_is_for_one_mutation_and_repeats_its_answer() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 5).await;
    let ada = app.user("ada").await;
    let wish = json!({"booking": wish(0)});
    let first = ada.graphql(BOOK, &wish).key("k").await;
    let again = ada.graphql(BOOK, &wish).key("k").await;
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(first.data(), again.data());
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 1);
    ada.graphql(BOOK, &booking("other", 1)).key("k").await.graphql_problem(200, "idempotency-key-reused");
    let two = "mutation { a: cancelBooking(id: \"x\") { status } b: cancelBooking(id: \"y\") { status } }";
    let problem = ada.graphql(two, &Value::Null).key("k2").await.problem(400, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "Idempotency-Key");
    ada.graphql("{ __typename }", &Value::Null).key("k").await.data();
}
