//! `limit` and `cursor`.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp};

#[tokio::test]
async fn limits_are_1_to_1000() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for list in [
        "/users",
        "/orders",
        "/locations/l/resources",
        "/locations/l/resources/r/bookings",
        &ada.path("/bookings"),
        &ada.path("/orders"),
    ] {
        for limit in ["0", "-1", "1001", "x", "1.5", "99999999999999999999"] {
            assert_eq!(admin.get(&format!("{list}?limit={limit}")).await.pointers(), ["?limit"], "{list} {limit}");
        }
        for limit in ["1", "1000"] {
            admin.get(&format!("{list}?limit={limit}")).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    admin.resource("l", "s", 1).await;
    for hour in 0..3 {
        ada.book(&format!("b{hour}"), "r", NINE + hour * HOUR, 60).await.expect(201);
    }
    let next = ada.get("/locations/l/resources/r/bookings?limit=1").await.next().unwrap();
    assert!(next.starts_with("/locations/l/resources/r/bookings?"), "{next}");
    let query = next.split_once('?').unwrap().1;
    for list in ["/users", "/orders", "/locations/l/resources"] {
        assert_eq!(admin.get(&format!("{list}?{query}")).await.pointers(), ["?cursor"], "{list}");
    }
    for cursor in ["x", "%00", "%FF", "..", "eyJ9", &"A".repeat(4_000)] {
        let answer = admin.get(&format!("/users?cursor={cursor}")).await;
        assert!((400..500).contains(&answer.status), "{cursor}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_place_in_a_list_outlives_the_item_that_names_it() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.location("l").await;
    for number in 0..4 {
        admin.resource("l", &format!("r{number}"), 1).await;
    }
    let first = ada.get("/locations/l/resources?limit=2").await;
    let shown: Vec<_> = first.array().iter().map(|item| item["resourceID"].as_str().unwrap().to_owned()).collect();
    let next = first.next().unwrap();
    let before = ada.get(&next).await.array();
    admin.delete(&format!("/locations/l/resources/{}", shown[1])).await.empty(200);
    assert_eq!(ada.get(&next).await.array(), before);
    assert_eq!(before.len(), 2);
}

#[tokio::test]
async fn the_link_keeps_the_other_parameters() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for hour in 0..4 {
        ada.book(&format!("b{hour}"), "r", NINE + hour * HOUR, 60).await.expect(201);
        ada.cancel(&format!("b{hour}")).await.empty(200);
    }
    let (mut count, mut path) = (0, Some("/users/{me}/bookings?status=all&limit=3".to_owned()));
    while let Some(next) = path {
        let page = ada.get(&next).await;
        count += page.array().len();
        path = page.next();
    }
    assert_eq!(count, 4);
    assert_eq!(ada.get("/users/{me}/bookings?limit=3").await.json(200), json!([]));
}
