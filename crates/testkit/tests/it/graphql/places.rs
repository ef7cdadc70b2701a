//! Locations, resources and when they are free.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp};

#[tokio::test]
async fn free_time_is_as_the_rest_interface_has_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 2).await;
    admin.resource("l", "s", 1).await;
    let ada = app.user("ada").await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    let (from, to) = (NINE - HOUR, NINE + 3 * HOUR);
    let free = "resourceID timeZone from to units capacity free { start end starttimeepochtime endtimeepochtime minutes units }";
    let document = format!(
        "query($from: DateTime!, $to: DateTime!) {{ availability(locationID: \"l\", resourceID: \"r\", free: {{from: $from, to: $to}}) {{ {free} }} }}"
    );
    let seen = ada.graphql(&document, &json!({"from": from, "to": to})).await.data()["availability"].clone();
    let rest = ada.get(&format!("/locations/l/resources/r/availability?from={from}&to={to}")).await.json(200);
    assert_eq!(seen, rest);
    // The same instants as text.
    let (start, end) = (&rest["from"], &rest["to"]);
    assert_eq!(ada.graphql(&document, &json!({"from": start, "to": end})).await.data()["availability"], rest);

    let document = format!(
        "query($f: FreeTimeInput, $c: String) {{ freeResources(free: $f, locationID: \"l\", type: \"room\", limit: 1, cursor: $c) {{ \
        nextCursor items {{ name locationID type resource {{ capacity }} {free} }} }} }}"
    );
    let wish = json!({"from": NINE, "to": NINE + HOUR, "minutes": 60, "units": 1});
    let first = ada.graphql(&document, &json!({"f": wish})).await.data()["freeResources"].clone();
    assert_eq!(
        (&first["items"][0]["resourceID"], &first["items"][0]["resource"]["capacity"]),
        (&json!("r"), &json!(2))
    );
    let next = json!({"f": wish, "c": first["nextCursor"]});
    let second = ada.graphql(&document, &next).await.data()["freeResources"].clone();
    assert_eq!(second["items"][0]["resourceID"], "s");
    assert_eq!(second["items"][0]["free"][0]["starttimeepochtime"], json!(NINE));
}

#[tokio::test]
async fn one_finds_the_way_from_location_to_booking() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    admin.resource("l", "s", 1).await;
    let ada = app.user("ada").await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    let document = "{
        locations { lastLocationID items { locationID name resources(limit: 5) { nextCursor items {
            resourceID location { name } bookings(limit: 5) { items { bookingID resource { name } } } } } } }
        location(id: \"l\") { name body }
        resource(locationID: \"l\", id: \"r\") { name type capacity body }
        resources(locationID: \"l\", limit: 1) { nextCursor items { resourceID } }
    }";
    let seen = ada.graphql(document, &Value::Null).await.data();
    let resource = &seen["locations"]["items"][0]["resources"]["items"][0];
    let wanted = json!({
        "resourceID": "r", "location": {"name": "l"},
        "bookings": {"items": [{"bookingID": "b", "resource": {"name": "r"}}]}
    });
    assert_eq!(*resource, wanted);
    assert_eq!(seen["location"]["body"], ada.get("/locations/l").await.json(200));
    assert_eq!(seen["resource"]["body"], ada.get("/locations/l/resources/r").await.json(200));
    assert_eq!(seen["resources"]["items"], json!([{"resourceID": "r"}]));
    assert!(seen["resources"]["nextCursor"].is_string());
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    for (document, code) in [
        ("{ availability(locationID: \"l\", resourceID: \"r\", free: {from: \"noon\"}) { units } }", "invalid"),
        ("{ availability(locationID: \"l\", resourceID: \"r\", free: {units: 0}) { units } }", "invalid"),
        ("{ availability(locationID: \"x\", resourceID: \"r\") { units } }", "not-found"),
        ("{ freeResources(limit: 501) { nextCursor } }", "invalid"),
        ("{ freeResources(type: \"boat\") { nextCursor } }", "invalid"),
        ("{ resource(locationID: \"l\", id: \"x\") { name } }", "not-found"),
        ("{ location(id: \"\") { name } }", "invalid"),
        ("{ resources(locationID: \"x\") { nextCursor } }", "not-found"),
    ] {
        ada.graphql(document, &Value::Null).await.graphql_problem(200, code);
    }
}
