//! `ETag` and `If-Match` (RFC 9110, section 13.1.1).

use serde_json::{Value, json};
use testkit::{Admin, Caller, HOUR, NINE, TestApp, booking_of, order_of};

/// An item of each kind: its path, and a body that replaces it.
async fn items(admin: &Admin) -> Vec<(String, Value)> {
    admin.resource("l", "r", 1).await;
    admin.order("o").await.expect(200);
    admin.book("b", "r", NINE, 60).await.expect(201);
    vec![
        (admin.path(""), json!({"name": "Ada"})),
        ("/orders/o".to_owned(), order_of("o")),
        (admin.path("/bookings/b"), booking_of("r", NINE + HOUR, 60)),
        ("/locations/l".to_owned(), json!({"name": "L"})),
        ("/locations/l/resources/r".to_owned(), json!({"name": "R"})),
    ]
}

#[tokio::test]
async fn every_write_answers_with_the_new_tag_of_the_item() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (path, body) in items(&admin).await {
        let before = admin.get(&path).await.etag();
        assert!(before.starts_with('"') && before.ends_with('"') && before.len() > 2, "{before}");
        let written = admin.put(&path, &body).await.etag();
        assert_ne!(written, before, "{path}");
        assert_eq!(admin.get(&path).await.etag(), written, "{path}");
    }
}

#[tokio::test]
async fn a_write_on_a_condition_is_done_only_if_it_holds() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (path, body) in items(&admin).await {
        let old = admin.get(&path).await.etag();
        let new = admin.put(&path, &body).if_match(&old).await.etag();
        admin.put(&path, &body).if_match(&old).await.problem(412, "precondition-failed");
        admin.delete(&path).if_match(&old).await.problem(412, "precondition-failed");
        assert_eq!(admin.get(&path).await.etag(), new, "{path}");
        let newer = admin.put(&path, &body).if_match(&format!("{old}, \"x\", {new}")).await.etag();
        admin.put(&path, &body).if_match(&format!("W/{newer}")).await.problem(412, "precondition-failed");
        admin.put(&path, &body).if_match("\"someone-elses\"").await.problem(412, "precondition-failed");
        admin.put(&path, &body).if_match("*").await;
        for malformed in ["x", "\"", "1,", "\"a\" \"b\""] {
            admin.put(&path, &body).if_match(malformed).await.problem(400, "invalid");
        }
    }
}

#[tokio::test]
async fn no_condition_holds_for_what_is_not_there() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    for (path, body) in [
        ("/users/new", json!({})),
        ("/locations/new", json!({"name": "L"})),
        ("/locations/l/resources/new", json!({"name": "R"})),
        (&admin.path("/bookings/new"), booking_of("r", NINE, 60)),
    ] {
        for tags in ["*", "\"1\""] {
            admin.put(path, &body).if_match(tags).await.problem(412, "precondition-failed");
        }
        admin.get(path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_tag_never_comes_back_not_even_after_deletion() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        for _ in 0..3 {
            seen.push(admin.put("/locations/l", &json!({"name": "L"})).await.etag());
        }
        admin.delete("/locations/l").if_match(seen.last().unwrap()).await.empty(200);
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "{seen:?}");
    admin.location("l").await;
    for tag in seen {
        admin.delete("/locations/l").if_match(&tag).await.problem(412, "precondition-failed");
    }
}

#[tokio::test]
async fn of_writers_with_the_same_tag_one_wins() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.location("l").await;
    let tag = admin.get("/locations/l").await.etag();
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..16 {
        let (admin, tag) = (admin.clone(), tag.clone());
        writers.spawn(async move {
            admin.put("/locations/l", &json!({"name": format!("n{number}")})).if_match(&tag).await.status
        });
    }
    let mut statuses = writers.join_all().await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, &[412; 15][..]));
}
