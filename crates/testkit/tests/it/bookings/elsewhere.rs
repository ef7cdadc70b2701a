//! What a refused booking is told of other resources: those of the same location and type that accept the very same time.

use serde_json::{Value, json};
use testkit::{Admin, Caller, HOUR, NINE, TestApp, booking_of};

/// A location with rooms of one unit.
async fn rooms(admin: &Admin, names: &[&str]) {
    for name in names {
        admin.resource("l", name, 1).await;
    }
}

fn named(problem: &Value) -> Vec<&str> {
    let Some(named) = problem["alternativeResources"].as_array() else { return Vec::new() };
    named.iter().map(|one| one["resourceID"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn up_to_five_of_the_same_type_are_named_and_each_can_be_booked() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    rooms(&admin, &["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"]).await;
    admin.put("/locations/l/resources/r30", &json!({"name": "Hall", "type": "hall"})).await.expect(201);
    admin.resource("m", "r31", 1).await;
    for room in ["r3", "r5"] {
        ada.book(room, room, NINE, 60).await.expect(201);
    }
    let problem = bob.book("b", "r3", NINE, 60).await.problem(409, "capacity");
    assert_eq!(named(&problem), ["r4", "r6", "r7", "r8", "r1"], "those behind it first");
    let first = json!({"resourceID": "r4", "start": "2030-06-03T09:00:00Z", "end": "2030-06-03T10:00:00Z",
        "starttimeepochtime": NINE, "endtimeepochtime": NINE + HOUR});
    assert_eq!(problem["alternativeResources"][0], first);
    assert_eq!(problem["alternatives"][0]["starttimeepochtime"], NINE - HOUR, "and other times of its own");
    for room in named(&problem) {
        bob.book(room, room, NINE, 60).await.expect(201);
    }
}

#[tokio::test]
async fn all_rules_of_the_other_resource_decide() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    rooms(&admin, &["r1", "r2"]).await;
    let put = async |name: &str, rules: Value| {
        let mut body = json!({"name": name, "type": "room"});
        body.as_object_mut().unwrap().extend(rules.as_object().unwrap().clone());
        admin.put(&format!("/locations/l/resources/{name}"), &body).await.expect(201);
    };
    put("closed", json!({"openingHours": {"tuesday": [{"opens": "09:00", "closes": "10:00"}]}})).await;
    put("short", json!({"maxMinutes": 30})).await;
    put("small", json!({"capacity": 0})).await;
    put("asks", json!({"approvalRequired": true})).await;
    put("long", json!({"slotMinutes": 240})).await;
    ada.book("a", "r1", NINE, 60).await.expect(201);
    let mut open_end = booking_of("r1", NINE, 60);
    open_end.as_object_mut().unwrap().remove("durationMinutes");
    let problem = ada.put("/users/{me}/bookings", &open_end).await.problem(409, "capacity");
    assert_eq!(named(&problem), ["r2", "asks", "long"]);
    assert_eq!(problem["alternativeResources"][2]["endtimeepochtime"], NINE + HOUR, "for the very same time");
    let everything = admin.book("b", "r1", NINE, 60).await.problem(409, "capacity");
    assert_eq!(named(&everything), ["r2", "short", "asks", "closed", "long"], "administrators pass soft rules");
}

#[tokio::test]
async fn a_refusal_by_a_rule_names_resources_too_and_a_move_may_go_there() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    rooms(&admin, &["r2", "other"]).await;
    let closed =
        json!({"name": "r1", "type": "room", "openingHours": {"tuesday": [{"opens": "09:00", "closes": "10:00"}]}});
    admin.put("/locations/l/resources/r1", &closed).await.expect(201);
    ada.book("b", "other", NINE, 60).await.expect(201);
    let problem = ada.book("b", "r1", NINE + HOUR / 2, 60).await.problem(409, "opening-hours");
    assert_eq!(named(&problem), ["r2", "other"], "also the one that it has, which it would keep");
    ada.book("b", "r2", NINE + HOUR / 2, 60).await.expect(200);
}

#[tokio::test]
async fn the_refusal_that_is_recorded_names_them_and_is_repeated() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    rooms(&admin, &["r1", "r2"]).await;
    ada.book("a", "r1", NINE, 60).await.expect(201);
    let first = bob.book("b", "r1", NINE, 60).key("k").await.problem(409, "capacity");
    assert_eq!(named(&first), ["r2"]);
    ada.book("c", "r2", NINE, 60).await.expect(201);
    assert_eq!(named(&bob.book("b", "r1", NINE, 60).key("k").await.problem(409, "capacity")), ["r2"]);
    assert_eq!(named(&bob.book("b", "r1", NINE, 60).await.problem(409, "capacity")), Vec::<&str>::new());
}

#[tokio::test]
async fn a_resource_of_another_program_with_odd_rules_is_refused_clearly() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    rooms(&admin, &["r1"]).await;
    for (number, odd) in [json!({"openingHours": "9-5"}), json!({"capacity": "many"}), json!({"noShowMinutes": [1]})]
        .into_iter()
        .enumerate()
    {
        let id = format!("odd{number}");
        let mut body = json!({"resourceID": id, "locationID": "l", "name": "Odd", "type": "room"});
        body.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
        app.put_item(store::Key::new(store::Table::Resources, &id), &body).await;
        let refused = ada.book("b", &id, NINE, 60).await;
        refused.problem(409, "resource-unreadable");
        admin.get(&format!("/locations/l/resources/{id}")).await.expect(200);
        let availability = ada.get(&format!("/locations/l/resources/{id}/availability")).await;
        assert!([200, 409].contains(&availability.status), "{}", availability.status);
    }
    ada.book("a", "r1", NINE, 60).await.expect(201);
    let problem = ada.book("b", "r1", NINE, 60).await.problem(409, "capacity");
    assert_eq!(named(&problem), Vec::<&str>::new());
    admin.delete("/locations/l/resources/odd0").await.expect(200);
}
