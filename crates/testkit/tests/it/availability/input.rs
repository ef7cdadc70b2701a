//! Questions that cannot be answered.

use testkit::{Caller, TestApp};

#[tokio::test]
async fn wrong_questions_are_refused_by_parameter() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let both = [
        ("from=noon", "?from"),
        ("to=2030-06-03", "?to"),
        ("from=1906707600&to=1906707600", "?to"),
        ("from=1906707600&to=1916707200", "?to"),
        ("first=true&from=1906707600&to=1938416400", "?to"),
        ("to=2029-12-31T00:00:00Z", "?to"),
        ("minutes=0", "?minutes"),
        ("minutes=43201", "?minutes"),
        ("units=0", "?units"),
        ("units=1000001", "?units"),
        ("period=year", "?period"),
        ("period=day&from=1906707600", "?period"),
        ("period=day&to=1906707600", "?period"),
        ("date=2030-06-03", "?date"),
        ("period=day&date=3.6.2030", "?date"),
        ("period=day&date=2030-02-29", "?date"),
        ("period=day&date=1969-12-31", "?date"),
        ("first=yes", "?first"),
        ("busy=1", "?busy"),
        ("busy=true&first=true", "?busy"),
    ];
    for path in ["/availability", "/locations/l/resources/r/availability"] {
        for (query, parameter) in both {
            assert_eq!(ada.get(&format!("{path}?{query}")).await.pointers(), [parameter], "{path} {query}");
        }
    }
    let long = "f".repeat(65);
    for (query, parameter) in [
        ("busy=true", "?busy"),
        ("type=cave", "?type"),
        ("location=nowhere", "?location"),
        ("features=a,,b", "?features"),
        (&format!("features={long}"), "?features"),
        ("limit=0", "?limit"),
        ("limit=501", "?limit"),
        ("limit=x", "?limit"),
        ("cursor=%00", "?cursor"),
    ] {
        assert_eq!(ada.get(&format!("/availability?{query}")).await.pointers(), [parameter], "{query}");
    }
}

#[tokio::test]
async fn an_empty_house_has_nothing_free() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let page = ada.get("/availability").await.json(200);
    assert_eq!(page, serde_json::json!({"resources": []}));
}
