//! GET /users.

use std::collections::BTreeSet;

use serde_json::json;
use testkit::{Caller, TestApp};

#[tokio::test]
async fn administrators_get_a_bare_array_of_all_profiles() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let users = admin.get("/users").await.array();
    let ids: BTreeSet<_> = users.iter().map(|user| user["userid"].as_str().unwrap()).collect();
    assert_eq!(ids, BTreeSet::from([admin.sub.as_str(), ada.sub.as_str()]));
    ada.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn pages_follow_the_link_and_show_each_profile_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 0..10 {
        admin.post("/users", &json!({"userid": format!("u{number}")})).await.expect(200);
    }
    let (mut path, mut ids) = (Some("/users?limit=3".to_owned()), Vec::new());
    while let Some(next) = path {
        let page = admin.get(&next).await;
        assert!(page.array().len() <= 3);
        ids.extend(page.array().iter().map(|user| user["userid"].as_str().unwrap().to_owned()));
        path = page.next();
    }
    assert_eq!(ids.len(), 11);
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), 11);
}
