//! PUT, GET and the list of resources.

use serde_json::json;
use testkit::{Caller, TestApp, is_uuid};

#[tokio::test]
async fn a_resource_has_the_contracts_members_and_the_clients_further_ones() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.location("l").await;
    let body = json!({"resourceID": "x", "locationID": "y", "timestamp": "z", "name": "Room", "description": "Blue",
        "type": "room", "capacity": 3, "slotMinutes": 30, "seats": {"rows": 2}});
    let stored = admin.put("/locations/l/resources/r", &body).await.json(201);
    let wanted = json!({"resourceID": "r", "locationID": "l", "timestamp": "2030-01-01T12:00:00.000Z", "name": "Room",
        "description": "Blue", "type": "room", "capacity": 3, "slotMinutes": 30, "seats": {"rows": 2}});
    assert_eq!(stored, wanted);
    assert_eq!(ada.get("/locations/l/resources/r").await.json(200), wanted);
    assert_eq!(ada.get("/locations/l/resources").await.array(), [wanted]);
}

#[tokio::test]
async fn replacing_a_resource_is_201_too() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 2).await;
    app.clock.advance_seconds(1);
    let replaced = admin.put("/locations/l/resources/r", &json!({"name": "B"})).await.json(201);
    let wanted = json!({"resourceID": "r", "locationID": "l", "timestamp": "2030-01-01T12:00:01.000Z", "name": "B"});
    assert_eq!(replaced, wanted);
}

#[tokio::test]
async fn a_resource_without_an_id_in_the_path_gets_a_new_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.location("l").await;
    let made = admin.put("/locations/l/resources", &json!({"name": "A", "resourceID": "mine"})).await.json(201);
    assert!(is_uuid(&made["resourceID"]));
    let path = format!("/locations/l/resources/{}", made["resourceID"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.json(200), made);
}

#[tokio::test]
async fn a_resource_belongs_to_one_location() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    admin.location("m").await;
    admin.put("/locations/m/resources/r", &json!({"name": "A"})).await.problem(409, "resource-elsewhere");
    for path in ["/locations/m/resources/r", "/locations/none/resources/r", "/locations/l/resources/none"] {
        ada.get(path).await.problem(404, "not-found");
        ada.get(&format!("{path}/bookings")).await.problem(404, "not-found");
        ada.get(&format!("{path}/availability")).await.problem(404, "not-found");
        admin.delete(path).await.problem(404, "not-found");
    }
    ada.get("/locations/l/resources/r").await.expect(200);
}

#[tokio::test]
async fn resources_need_a_location() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.put("/locations/none/resources/r", &json!({"name": "A"})).await.problem(404, "not-found");
    admin.put("/locations/none/resources", &json!({"name": "A"})).await.problem(404, "not-found");
    ada.get("/locations/none/resources").await.problem(404, "not-found");
    admin.location("l").await;
    assert_eq!(ada.get("/locations/l/resources").await.json(200), json!([]));
}

#[tokio::test]
async fn only_administrators_change_resources() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.put("/locations/l/resources/r", &json!({"name": "A"})).await.problem(403, "forbidden");
    ada.put("/locations/l/resources", &json!({"name": "A"})).await.problem(403, "forbidden");
    ada.delete("/locations/l/resources/r").await.problem(403, "forbidden");
    ada.delete("/locations/none/resources/none").await.problem(403, "forbidden");
}

#[tokio::test]
async fn wrong_members_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.location("l").await;
    for (body, pointer) in [
        (json!({"type": "room"}), "/name"),
        (json!({"name": "A", "type": "cave"}), "/type"),
        (json!({"name": "A", "type": 1}), "/type"),
        (json!({"name": "A", "capacity": -1}), "/capacity"),
        (json!({"name": "A", "capacity": 1.5}), "/capacity"),
        (json!({"name": "A", "capacity": "1"}), "/capacity"),
        (json!({"name": "A", "capacity": 1_000_001}), "/capacity"),
        (json!({"name": "A", "slotMinutes": 0}), "/slotMinutes"),
    ] {
        assert_eq!(admin.put("/locations/l/resources/r", &body).await.pointers(), [pointer], "{body}");
    }
    for kind in ["room", "demo", "arena", "hall"] {
        admin.put("/locations/l/resources/r", &json!({"name": "A", "type": kind})).await.expect(201);
    }
}

#[tokio::test]
async fn the_operator_adds_kinds() {
    let app = TestApp::with(|setup| setup.app.resource_kinds = vec!["cave".to_owned()]).await;
    let admin = app.admin().await;
    admin.location("l").await;
    admin.put("/locations/l/resources/r", &json!({"name": "A", "type": "cave"})).await.expect(201);
    admin.put("/locations/l/resources/s", &json!({"name": "A", "type": "room"})).await.expect(201);
}
