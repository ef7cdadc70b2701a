//! Tokens of moto's Cognito, got by signing in there.

use std::sync::Arc;

use domain::Clock;
use frontdesk::ambient::SystemClock;
use frontdesk::issuer::{Published, PublishedKeys};
use identity::{Outside, OutsideKind, SignatureAlgorithm};
use testkit::{Caller, Moto, OutsideApp, TestClock};

async fn app(moto: &Moto) -> OutsideApp {
    let outside = Outside {
        kind: OutsideKind::Cognito,
        audiences: vec![moto.client.clone()],
        algorithms: vec![SignatureAlgorithm::RS256],
        groups_claim: "cognito:groups".to_owned(),
        keys: Arc::new(PublishedKeys::new(Published::At(moto.jwks_url())).unwrap()),
        directory: None,
    };
    // Moto issues its tokens a moment later.
    let clock = Arc::new(TestClock::at(SystemClock.now()));
    clock.advance_seconds(60);
    OutsideApp::open(clock, &moto.issuer(), outside, |_| {}).await.fetch().await
}

#[tokio::test]
async fn its_users_are_ours() {
    let moto = Moto::start().await;
    moto.user("ada@example.com", &[]).await;
    moto.user("root@example.com", &["staff", "apiAdmins"]).await;
    let app = app(&moto).await;
    let tokens = moto.sign_in(&moto.client, "ada@example.com").await;
    for token in [&tokens.id, &tokens.access] {
        let ada = app.bearer(token);
        ada.order("o").await.expect(200);
        ada.get("/users").await.expect(403);
    }
    let root = moto.sign_in(&moto.client, "root@example.com").await;
    for token in [&root.id, &root.access] {
        app.bearer(token).get("/users").await.expect(200);
    }
    let elsewhere = moto.sign_in(&moto.another_client().await, "ada@example.com").await;
    for token in [&elsewhere.id, &elsewhere.access] {
        assert_eq!(app.status(token).await, 401, "another client's");
    }
    app.clock.advance_seconds(2 * 3_600);
    for token in [&tokens.id, &tokens.access] {
        assert_eq!(app.status(token).await, 401, "expired");
    }
}
