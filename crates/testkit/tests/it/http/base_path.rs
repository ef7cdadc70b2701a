//! Everything under a base path.

use testkit::{Caller, HOUR, Http, NINE, TestApp, claims};

#[tokio::test]
async fn everything_is_under_the_base_path_and_links_say_so() {
    let app = TestApp::with(|setup| {
        setup.base_path = api::BasePath::parse("/Prod").unwrap();
        setup.identity.issuer = setup.identity.issuer.replace("/local_frontdesk", "/Prod/local_frontdesk");
    })
    .await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for hour in 0..3 {
        ada.book(&format!("b{hour}"), "r", NINE + hour * HOUR, 60).await.expect(201);
    }
    let next = ada.get("/users/{me}/bookings?limit=2").await.next().unwrap();
    assert!(next.starts_with(&format!("/Prod/users/{}/bookings?", ada.sub)), "{next}");
    assert_eq!(ada.get(next.strip_prefix("/Prod").unwrap()).await.array().len(), 1);
    let anonymous = app.anonymous();
    for path in ["/health", "/ready", "/openapi.json", "/docs/", "/local_frontdesk/.well-known/jwks.json"] {
        anonymous.get(path).plain().await.expect(200);
    }
    assert_eq!(anonymous.get("/openapi.json").await.json(200)["servers"][0]["url"], "/Prod");
    assert!(claims(&ada.tokens.id)["iss"].as_str().unwrap().ends_with("/Prod/local_frontdesk"));
}

#[tokio::test]
async fn nothing_but_the_status_is_beside_the_base_path() {
    let app = TestApp::with(|setup| setup.base_path = api::BasePath::parse("/Prod").unwrap()).await;
    let ada = app.user("ada").await;
    let root = Http::new(format!("http://{}", app.http.host()));
    for path in ["/users", "/orders", "/prod/orders", "/Prod2/orders", "/openapi.json"] {
        let answer = root.call(reqwest::Method::GET, path).authorization(&ada.tokens.id).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}
