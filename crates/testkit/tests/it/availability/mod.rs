//! GET /availability, and what the route of one resource shares with it.

mod bookable;
mod busy;
mod filters;
mod first;
mod input;
mod paging;
mod periods;

use serde_json::{Value, json};
use testkit::{Admin, Caller};

/// A location in a zone.
async fn place(admin: &Admin, location: &str, zone: &str) {
    admin.put(&format!("/locations/{location}"), &json!({"name": location, "timeZone": zone})).await.expect(201);
}

/// A resource with these members.
async fn furnish(admin: &Admin, location: &str, resource: &str, members: Value) {
    let mut body = members;
    body["name"] = json!(format!("The {resource}"));
    admin.put(&format!("/locations/{location}/resources/{resource}"), &body).await.expect(201);
}

/// The page of a search.
async fn search(caller: &impl Caller, query: &str) -> Value {
    caller.get(&format!("/availability?{query}")).await.json(200)
}

/// The resources of a page, in its order.
fn ids(page: &Value) -> Vec<&str> {
    page["resources"].as_array().unwrap().iter().map(|found| found["resourceID"].as_str().unwrap()).collect()
}

/// The beginnings and ends of stretches, as they are written.
fn stretches(list: &Value) -> Vec<(&str, &str)> {
    let stretches = list.as_array().unwrap().iter();
    stretches.map(|stretch| (stretch["start"].as_str().unwrap(), stretch["end"].as_str().unwrap())).collect()
}
