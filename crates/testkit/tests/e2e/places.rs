//! Locations and resources.

use serde_json::{Value, json};
use testkit::{Admin, Caller, is_timestamp};

use crate::desk::{Side, play};

/// Pages of the list that are looked through.
const PAGES: usize = 200;

/// The location in the list of all.
async fn listed(admin: &Admin, id: &str) -> Option<Value> {
    let mut path = "/locations".to_owned();
    for _ in 0..PAGES {
        let page = admin.get(&path).await.json(200);
        if let Some(found) = page["items"].as_array().unwrap().iter().find(|location| location["locationID"] == id) {
            return Some(found.clone());
        }
        path = format!("/locations?lastLocationID={}", page["lastLocationID"].as_str()?);
    }
    panic!("there are more than {PAGES} pages of locations");
}

#[tokio::test]
async fn a_location_is_opened_listed_replaced_and_closed() {
    play(async |desk| {
        let (admin, guest, id) = (&desk.admin, &desk.guest, &desk.name);
        let path = format!("/locations/{id}");
        desk.leaves(Side::Admin, format!("{path}?cascade=true"));
        let body = json!({"name": "Berlin", "timeZone": "Europe/Berlin", "description": "A house"});
        let opened = admin.put(&path, &body).await.json(201);
        assert_eq!((&opened["locationID"], &opened["name"]), (&json!(id), &json!("Berlin")));
        assert!(is_timestamp(&opened["timestamp"]), "{opened}");
        assert_eq!(guest.get(&path).await.json(200), opened);
        let found = desk.wait("the location in the list", async || listed(admin, id).await).await;
        assert_eq!(found, opened);
        assert_eq!(admin.put(&path, &json!({"name": "Wien"})).await.json(201)["name"], "Wien");
        admin.delete(&path).await.empty(200);
        guest.get(&path).await.problem(404, "not-found");

        let made = admin.put("/locations", &json!({"name": id})).await.json(201);
        let made = format!("/locations/{}", made["locationID"].as_str().unwrap());
        desk.leaves(Side::Admin, made.clone());
        assert_eq!(admin.get(&made).await.json(200)["name"], json!(id));
        admin.delete(&made).await.empty(200);
    })
    .await;
}

#[tokio::test]
async fn a_resource_is_added_listed_and_removed() {
    play(async |desk| {
        let (admin, guest, id) = (&desk.admin, &desk.guest, &desk.name);
        let path = desk.resource(3).await;
        let resource = guest.get(&path).await.json(200);
        let ids = (&resource["resourceID"], &resource["locationID"], &resource["capacity"]);
        assert_eq!(ids, (&json!(id), &json!(id), &json!(3)));
        let list = format!("/locations/{id}/resources");
        let list = desk.wait("the resource in the list", async || {
            Some(guest.get(&list).await.array()).filter(|all| !all.is_empty())
        });
        assert_eq!(list.await, [resource]);
        admin.delete(&format!("/locations/{id}")).await.problem(409, "has-resources");

        let other = desk.id("other");
        desk.leaves(Side::Admin, format!("/locations/{other}?cascade=true"));
        admin.location(&other).await;
        let elsewhere = admin.put(&format!("/locations/{other}/resources/{id}"), &json!({"name": "R"})).await;
        assert_eq!(elsewhere.status, 409, "{}", elsewhere.text());
        guest.get(&format!("/locations/{other}/resources/{id}")).await.problem(404, "not-found");
        admin.delete(&path).await.empty(200);
        guest.get(&path).await.problem(404, "not-found");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_place_is_named() {
    play(async |desk| {
        let id = &desk.name;
        assert_eq!(desk.admin.put(&format!("/locations/{id}"), &json!({})).await.pointers(), ["/name"]);
        let zone = json!({"name": "A", "timeZone": "Mars/Olympus"});
        assert_eq!(desk.admin.put(&format!("/locations/{id}"), &zone).await.pointers(), ["/timeZone"]);
        desk.resource(1).await;
        let kind = json!({"name": "R", "type": "no-such-kind"});
        let path = format!("/locations/{id}/resources/{}", desk.id("r"));
        assert_eq!(desk.admin.put(&path, &kind).await.pointers(), ["/type"]);
    })
    .await;
}
