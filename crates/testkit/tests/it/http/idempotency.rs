//! `Idempotency-Key`: the same request under the same key is done once and answered alike.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp, booking_of};

#[tokio::test]
async fn a_repeated_put_without_an_id_makes_one_booking() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 5).await;
    let put = || ada.put("/users/{me}/bookings", &booking_of("r", NINE, 60)).key("k");
    let first = put().await;
    app.clock.advance_seconds(60);
    let second = put().await;
    assert_eq!((first.status, &first.body, first.etag()), (second.status, &second.body, second.etag()));
    assert_eq!(first.status, 201);
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 1);
}

#[tokio::test]
async fn every_post_and_put_can_be_repeated() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 9).await;
    admin.order("o").await.expect(200);
    for (number, (method, path, body)) in [
        ("POST", "/users".to_owned(), json!({"name": "A"})),
        ("PUT", admin.path(""), json!({"name": "A"})),
        ("PUT", "/locations".to_owned(), json!({"name": "A"})),
        ("PUT", "/locations/l2".to_owned(), json!({"name": "A"})),
        ("PUT", "/locations/l/resources".to_owned(), json!({"name": "A"})),
        ("PUT", "/locations/l/resources/r2".to_owned(), json!({"name": "A"})),
        ("PUT", admin.path("/bookings/b"), booking_of("r", NINE, 60)),
        ("POST", "/orders".to_owned(), testkit::order_of("p")),
        ("PUT", "/orders/p".to_owned(), testkit::order_of("p")),
        ("POST", admin.path("/orders/o/acknowledge"), json!({})),
    ]
    .into_iter()
    .enumerate()
    {
        let call = || admin.call(method.parse().unwrap(), &path).json(&body).key(&format!("k{number}"));
        let first = call().await;
        app.clock.advance_seconds(1);
        let second = call().await;
        assert!(first.status < 300, "{path}: {}", first.text());
        assert_eq!((first.status, first.text(), first.etag()), (second.status, second.text(), second.etag()), "{path}");
        assert_eq!(second.header("idempotent-replayed"), Some("true"), "{path}");
    }
}

#[tokio::test]
async fn another_payload_or_path_under_a_used_key_is_422() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 5).await;
    ada.book("b", "r", NINE, 60).key("k").await.expect(201);
    ada.book("b", "r", NINE, 61).key("k").await.problem(422, "idempotency-key-reused");
    ada.book("c", "r", NINE, 60).key("k").await.problem(422, "idempotency-key-reused");
    ada.get("/users/{me}/bookings/c").await.problem(404, "not-found");
    ada.book("b", "r", NINE, 60).key("k").await.expect(201);
}

#[tokio::test]
async fn a_key_is_its_callers_for_one_method_and_route() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 5).await;
    ada.book("b", "r", NINE, 60).key("k").await.expect(201);
    bob.book("c", "r", NINE, 60).key("k").await.expect(201);
    ada.put("/users/{me}/bookings", &booking_of("r", NINE, 60)).key("k").await.expect(201);
    ada.put("/users/{me}", &json!({"name": "A"})).key("k").await.expect(200);
    admin.put(&ada.path("/bookings/b"), &booking_of("r", NINE, 60)).key("k").await.expect(200);
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 2);
}

#[tokio::test]
async fn definite_refusals_are_repeated_too() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    bob.book("x", "r", NINE, 60).await.expect(201);
    let mut first = ada.book("b", "r", NINE, 60).key("k").await.problem(409, "capacity");
    bob.cancel("x").await.empty(200);
    let mut second = ada.book("b", "r", NINE, 60).key("k").await.problem(409, "capacity");
    assert!(first["alternatives"].is_array());
    first["request_id"].take();
    second["request_id"].take();
    assert_eq!(first, second);
    ada.book("b", "r", NINE, 60).key("k2").await.expect(201);
    ada.book("gone", "none", NINE, 60).key("k3").await.problem(404, "not-found");
    admin.resource("l", "none", 1).await;
    ada.book("gone", "none", NINE, 60).key("k3").await.problem(404, "not-found");
}

#[tokio::test]
async fn nothing_is_kept_of_400_401_and_403() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.put("/users/{me}/bookings/b", &json!({})).key("k").await.problem(400, "invalid");
    ada.book("b", "r", NINE, 60).key("k").await.expect(201);
    ada.put("/locations/x", &json!({"name": "X"})).key("k").await.problem(403, "forbidden");
    app.anonymous().put("/locations/x", &json!({"name": "X"})).key("k").await.problem(401, "unauthorized");
    admin.put("/locations/x", &json!({"name": "X"})).key("k").await.expect(201);
}

#[tokio::test]
async fn an_answer_is_kept_for_24_hours() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 9).await;
    let body = booking_of("r", NINE, 60);
    let first = ada.put("/users/{me}/bookings", &body).key("k").await.json(201);
    app.clock.advance_seconds(24 * HOUR - 1);
    let ada = ada.signed_in_again(&app.cognito).await;
    assert_eq!(ada.put("/users/{me}/bookings", &body).key("k").await.json(201), first);
    app.clock.advance_seconds(1);
    let anew = ada.put("/users/{me}/bookings", &body).key("k").await.json(201);
    assert_ne!(anew["bookingID"], first["bookingID"]);
    let other = booking_of("r", NINE + HOUR, 60);
    ada.put("/users/{me}/bookings", &other).key("k").await.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_key_has_bounds() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let put = |key: &str| ada.put("/users/{me}", &json!({"name": "A"})).key(key);
    for key in ["", "a b", &"x".repeat(256)] {
        put(key).await.problem(400, "invalid");
    }
    put(&"x".repeat(255)).await.expect(200);
    put("with#and/signs").await.expect(200);
}

#[tokio::test]
async fn keys_that_look_like_others_records_are_not_theirs() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.order("o").await.expect(200);
    let answer = bob.order("o").key(&format!("#{}#POST#/orders#k", ada.sub)).await.json(200);
    assert_eq!(answer["userId"], bob.sub.as_str());
    let answer = bob.order("p").key(&format!("order#{}#o", ada.sub)).await.json(200);
    assert_eq!((&answer["userId"], &answer["orderId"]), (&json!(bob.sub), &json!("p")));
}

#[tokio::test]
async fn a_replay_outlives_a_restart() {
    let fixed = |setup: &mut frontdesk::compose::Setup| {
        setup.identity.issuer = "https://desk.example.com/local_frontdesk".into()
    };
    let app = TestApp::with(fixed).await;
    let ada = app.user("ada").await;
    let first = ada.order("o").key("k").await;
    let app = app.restart(fixed).await;
    let ada = testkit::User { http: app.http.clone(), ..ada };
    let second = ada.order("o").key("k").await;
    assert_eq!((first.status, first.body), (second.status, second.body));
}

#[tokio::test]
async fn a_repeated_write_on_a_condition_is_answered_as_it_was() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let old = ada.get("/users/{me}").await.etag();
    let put = || ada.put("/users/{me}", &json!({"name": "A"})).if_match(&old).key("k");
    let first = put().await;
    let second = put().await;
    assert_eq!((first.status, first.etag()), (200, second.etag()));
    assert_eq!(second.status, 200);
    ada.put("/users/{me}", &json!({"name": "A"})).if_match(&old).key("k2").await.problem(412, "precondition-failed");
}
