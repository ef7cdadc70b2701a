//! Items that another program wrote, with attributes of every type and without ours.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue as A;
use serde_json::json;
use testkit::{Caller, NINE, TestApp, order_of};

fn text(text: &str) -> A {
    A::S(text.to_owned())
}

/// One attribute of each type, nested ones too.
fn every_type() -> HashMap<String, A> {
    let nested =
        HashMap::from([("deep".to_owned(), A::L(vec![A::Null(true), A::Bool(false), A::N("1.50".to_owned())]))]);
    HashMap::from(
        [
            ("blob", A::B(Blob::new(*b"\xff\x00"))),
            ("blobs", A::Bs(vec![Blob::new(*b"a")])),
            ("texts", A::Ss(vec!["one".to_owned()])),
            ("numbers", A::Ns(vec!["1.5".to_owned()])),
            ("nothing", A::Null(true)),
            ("map", A::M(nested)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

async fn put(app: &TestApp, table: &str, attributes: impl IntoIterator<Item = (&str, A)>) {
    let mut item = every_type();
    item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
    app.raw_tables().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

#[tokio::test]
async fn attributes_of_every_type_are_served() {
    let app = TestApp::on_dynamodb().await;
    let admin = app.admin().await;
    put(&app, "users", [("userid", text("old")), ("name", text("Old"))]).await;
    put(&app, "locations", [("locationID", text("l")), ("name", text("Hall"))]).await;
    put(&app, "resources", [("resourceID", text("r")), ("locationID", text("l")), ("name", text("Desk"))]).await;
    let shown = json!({
        "userid": "old", "name": "Old", "blob": "/wA=", "blobs": ["YQ=="], "texts": ["one"], "numbers": [1.5], "nothing": null,
        "map": {"deep": [null, false, 1.50]},
    });
    let answer = admin.get("/users/old").await;
    assert_eq!((answer.json(200), answer.etag()), (shown, "\"0\"".to_owned()));
    assert_eq!(admin.get("/users").await.array().len(), 2);
    assert_eq!(admin.get("/locations/l").await.json(200)["blob"], "/wA=");
    assert_eq!(admin.get("/locations/l/resources").await.array()[0]["name"], "Desk");
    // They are changed and used like our own.
    admin.put("/users/old", &json!({"name": "New"})).if_match("\"0\"").await.expect(200);
    admin.put("/locations/l", &json!({"name": "Hall"})).await.expect(201);
    let ada = app.user("ada").await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    ada.book("c", "r", NINE, 60).await.expect(409);
}

#[tokio::test]
async fn bookings_and_orders_of_the_originals_are_served() {
    let app = TestApp::on_dynamodb().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let start = A::N(NINE.to_string());
    let booking = [("bookingID", text("b")), ("userID", text(&ada.sub)), ("resourceID", text("r"))];
    put(&app, "bookings", booking.into_iter().chain([("starttimeepochtime", start)])).await;
    assert_eq!(ada.get("/users/{me}/bookings").await.array()[0]["bookingID"], "b");
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["starttimeepochtime"], NINE);
    assert_eq!(admin.get("/locations/l/resources/r/bookings").await.array().len(), 1);
    let order = HashMap::from([("restaurantId".to_owned(), A::N("2".to_owned()))]);
    put(&app, "orders", [("userId", text(&ada.sub)), ("orderId", text("o")), ("data", A::M(order))]).await;
    assert_eq!(ada.get("/orders/o").await.json(200), json!({"restaurantId": 2}));
    assert_eq!(ada.put("/orders/o", &order_of("o")).await.json(200)["restaurantId"], 1);
}

#[tokio::test]
async fn what_cannot_be_listed_by_an_index_does_not_hide_the_others() {
    let app = TestApp::on_dynamodb().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    let odd = [("bookingID", text("odd")), ("userID", text(&ada.sub)), ("resourceID", text("r"))];
    put(&app, "bookings", odd.into_iter().chain([("starttimeepochtime", A::N(format!("{NINE}.5")))])).await;
    let listed = ada.get("/users/{me}/bookings").await.array();
    assert_eq!(listed.iter().map(|booking| &booking["bookingID"]).collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_hurts_nothing_else() {
    let app = TestApp::on_dynamodb().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.location("l").await;
    put(&app, "locations", [("locationID", text("odd")), ("_fd_version", text("seven"))]).await;
    put(&app, "orders", [("userId", text(&ada.sub)), ("orderId", text("odd"))]).await;
    for answer in [
        admin.get("/locations/odd").may_fail().await,
        ada.get("/orders/odd").may_fail().await,
        admin.put("/locations/odd", &json!({"name": "Odd"})).may_fail().await,
    ] {
        answer.problem(503, "unreadable");
    }
    let error = app.instance.store.get(&store::Key::new(store::Table::Locations, "odd")).await.unwrap_err();
    assert!(error.to_string().contains(r#"locations with locationID "odd""#), "{error}");
    admin.get("/locations/l").await.expect(200);
    ada.order("o").await.expect(200);
    ada.get("/orders/o").await.expect(200);
}
