//! PUT and GET of one location.

use serde_json::json;
use testkit::{Caller, TestApp, is_uuid};

#[tokio::test]
async fn a_location_has_the_contracts_members_and_the_clients_further_ones() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let body = json!({"locationID": "other", "timestamp": "mine", "name": "Berlin", "description": "North", "imageUrl": "/b.png",
        "timeZone": "Europe/Berlin", "floors": [1, {"lift": true}]});
    let stored = admin.put("/locations/berlin", &body).await.json(201);
    let wanted = json!({"locationID": "berlin", "timestamp": "2030-01-01T12:00:00.000Z", "name": "Berlin", "description": "North",
        "imageUrl": "/b.png", "timeZone": "Europe/Berlin", "floors": [1, {"lift": true}]});
    assert_eq!(stored, wanted);
    assert_eq!(ada.get("/locations/berlin").await.json(200), wanted);
    ada.get("/locations/other").await.problem(404, "not-found");
}

#[tokio::test]
async fn replacing_a_location_is_201_too_and_drops_what_is_not_said_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.put("/locations/l", &json!({"name": "A", "description": "x", "more": 1})).await.expect(201);
    app.clock.advance_seconds(2);
    let replaced = admin.put("/locations/l", &json!({"name": "B"})).await.json(201);
    assert_eq!(replaced, json!({"locationID": "l", "timestamp": "2030-01-01T12:00:02.000Z", "name": "B"}));
    assert_eq!(admin.get("/locations/l").await.json(200), replaced);
}

#[tokio::test]
async fn a_location_without_an_id_in_the_path_gets_a_new_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = admin.put("/locations", &json!({"name": "A", "locationID": "mine"})).await.json(201);
    let second = admin.put("/locations", &json!({"name": "A", "locationID": "mine"})).await.json(201);
    assert!(is_uuid(&first["locationID"]) && first["locationID"] != second["locationID"]);
    let path = format!("/locations/{}", first["locationID"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.json(200), first);
}

#[tokio::test]
async fn only_administrators_change_locations() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.location("l").await;
    ada.put("/locations", &json!({"name": "A"})).await.problem(403, "forbidden");
    ada.put("/locations/l", &json!({"name": "A"})).await.problem(403, "forbidden");
    ada.delete("/locations/l").await.problem(403, "forbidden");
    ada.delete("/locations/none").await.problem(403, "forbidden");
}

#[tokio::test]
async fn wrong_members_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (body, pointer) in [
        (json!({}), "/name"),
        (json!({"name": null}), "/name"),
        (json!({"name": ""}), "/name"),
        (json!({"name": ["A"]}), "/name"),
        (json!({"name": "x".repeat(257)}), "/name"),
        (json!({"name": "A", "description": 1}), "/description"),
        (json!({"name": "A", "imageUrl": {}}), "/imageUrl"),
        (json!({"name": "A", "timeZone": "Mars/Olympus"}), "/timeZone"),
        (json!({"name": "A", "timeZone": "../../etc/passwd"}), "/timeZone"),
        (json!({"name": "A", "_fd_x": 1}), "/_fd_x"),
    ] {
        assert_eq!(admin.put("/locations/l", &body).await.pointers(), [pointer], "{body}");
    }
    admin.get("/locations/l").await.problem(404, "not-found");
}
