//! Tokens of an OpenID Connect provider that others wrote, got by the authorization code flow.

use std::sync::Arc;

use domain::Clock;
use frontdesk::ambient::SystemClock;
use frontdesk::issuer::{Published, PublishedKeys};
use identity::{Outside, OutsideKind, SignatureAlgorithm};
use serde_json::json;
use testkit::{Caller, OidcProvider, OutsideApp, TestClock};

#[tokio::test]
async fn its_users_are_ours() {
    let provider = OidcProvider::start().await;
    let issuer = provider.issuer();
    let outside = Outside {
        kind: OutsideKind::Oidc,
        audiences: vec!["desk".to_owned()],
        algorithms: vec![SignatureAlgorithm::RS256],
        groups_claim: "/realm_access/roles".to_owned(),
        keys: Arc::new(PublishedKeys::new(Published::By(issuer.clone())).unwrap()),
        directory: None,
    };
    let clock = Arc::new(TestClock::at(SystemClock.now()));
    let app = OutsideApp::open(clock, &issuer, outside, |_| {}).await.fetch().await;
    // The provider issues its tokens a moment after this clock stopped.
    app.clock.advance_seconds(60);
    let ada = app.bearer(&provider.id_token("desk", "ada", &json!({"email": "ada@example.com"})).await);
    ada.order("o").await.expect(200);
    ada.get("/users").await.expect(403);
    let roles = json!({"realm_access": {"roles": ["offline_access", "apiAdmins"]}});
    let root = app.bearer(&provider.id_token("desk", "root", &roles).await);
    root.get("/users").await.expect(200);
    assert_eq!(app.status(&provider.id_token("another", "ada", &json!({})).await).await, 401);
    app.clock.advance_seconds(2 * 3_600);
    ada.get("/orders").await.expect(401);
}
