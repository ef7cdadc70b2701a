//! GET /locations.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Admin, Caller, TestApp};

async fn locations(admin: &Admin, count: usize) {
    for number in 0..count {
        admin.location(&format!("l{number}")).await;
    }
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["locationID"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn locations_come_in_pages_of_20_each_of_them_once() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    locations(&admin, 45).await;
    let (mut sizes, mut seen, mut path) = (Vec::new(), BTreeSet::new(), "/locations".to_owned());
    loop {
        let page = ada.get(&path).await.json(200);
        sizes.push(ids(&page).len());
        seen.extend(ids(&page));
        let Some(last) = page["lastLocationID"].as_str() else { break };
        assert_eq!(Some(last), ids(&page).last().map(String::as_str), "it is a plain id: the last one shown");
        path = format!("/locations?lastLocationID={last}");
    }
    assert_eq!((sizes, seen.len()), (vec![20, 20, 5], 45));
}

#[tokio::test]
async fn nothing_is_said_of_a_next_page_when_nothing_follows() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    assert_eq!(ada.get("/locations").await.json(200), json!({"items": []}));
    locations(&admin, 20).await;
    let page = ada.get("/locations").await.json(200);
    assert_eq!((ids(&page).len(), page.get("lastLocationID")), (20, None));
}

#[tokio::test]
async fn the_place_in_the_list_outlives_the_location_that_names_it() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    locations(&admin, 25).await;
    let first = ada.get("/locations").await.json(200);
    let last = first["lastLocationID"].as_str().unwrap();
    let path = format!("/locations?lastLocationID={last}");
    let before = ids(&ada.get(&path).await.json(200));
    admin.delete(&format!("/locations/{last}")).await.empty(200);
    let after = ids(&ada.get(&path).await.json(200));
    assert_eq!((after.len(), after), (5, before));
}

#[tokio::test]
async fn any_id_is_a_place_in_the_list() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    locations(&admin, 3).await;
    for id in ["l0a", "%C3%BC%2F%20", "0", "zzz"] {
        let page = ada.get(&format!("/locations?lastLocationID={id}")).await.json(200);
        assert!(ids(&page).len() <= 3, "{id}");
    }
    assert_eq!(ids(&ada.get("/locations?lastLocationID=").await.json(200)).len(), 3);
}
