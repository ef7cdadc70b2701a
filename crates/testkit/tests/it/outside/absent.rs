//! What only the embedded pool serves.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};
use store::{Key, Table};
use testkit::{Caller, Issuer, Machine, OutsideApp, TestKey, fault};

use crate::server::FRONTDESK;

#[tokio::test]
async fn the_pools_routes_name_the_issuer() {
    let issuer = Issuer::start(&[&TestKey::rsa("k")]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    for document in ["jwks.json", "openid-configuration"] {
        let path = format!("/local_frontdesk/.well-known/{document}");
        let problem = app.anonymous().get(&path).await.problem(404, "not-found");
        assert!(problem["detail"].as_str().unwrap().contains(&issuer.url), "{problem}");
    }
    for action in ["SignUp", "InitiateAuth", "AdminGetUser"] {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let call = app.http.call(Method::POST, "/").header("x-amz-target", &target).json(&json!({})).plain();
        let answer = call.await;
        assert_eq!(fault(&answer), "ResourceNotFoundException");
        assert!(answer.text().contains(&issuer.url), "{}", answer.text());
    }
    for id in ["signing-key", "access-key", "first-administrator"] {
        assert!(app.instance.store.get(&Key::new(Table::Keys, id)).await.unwrap().is_none(), "{id}");
    }
    assert!(app.instance.store.get(&Key::new(Table::Groups, "apiAdmins")).await.unwrap().is_none());
}

#[tokio::test]
async fn the_program_serves_with_an_issuer_and_leaves_no_secrets_behind() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let machine = Machine::new(FRONTDESK);
    let options = ["serve", "--identity", "oidc", "--issuer", &issuer.url, "--audience", "desk,other"];
    let server = machine.launch_as_it_is(machine.command(&options)).await;
    server.ready().await;
    server.logged("ready").await;
    let claims = |audience: &str| -> Value {
        json!({"iss": issuer.url, "sub": "ada", "aud": audience, "iat": 1_700_000_000, "exp": 4_000_000_000_i64})
    };
    for (audience, status) in [("desk", 200), ("other", 200), ("frontdesk", 401)] {
        let token = key.sign(&claims(audience));
        server.anonymous().get("/orders").authorization(&token).await.expect(status);
    }
    let left: Vec<String> = fs::read_dir(machine.data()).unwrap().map(|file| file_name(&file.unwrap())).collect();
    let secret = left.iter().find(|name| ["aws-credentials", "initial-admin-password"].contains(&name.as_str()));
    assert_eq!(secret, None, "{left:?}");
    let ran = machine.run(&["user", "sign-out", "ada"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    server.anonymous().get("/orders").authorization(&key.sign(&claims("desk"))).await.expect(401);
    let ran = machine.run(&["user", "list"]).await;
    assert!(ran.code == Some(1) && ran.err.contains(&issuer.url), "{ran:?}");
}

fn file_name(file: &fs::DirEntry) -> String {
    file.file_name().to_string_lossy().into_owned()
}

#[tokio::test]
async fn the_program_waits_for_an_issuer_that_is_not_there_yet() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    issuer.fail();
    let machine = Machine::new(FRONTDESK);
    let options = ["serve", "--identity", "oidc", "--issuer", &issuer.url];
    let server = machine.launch_as_it_is(machine.command(&options)).await;
    server.logged_part("cannot be fetched").await;
    assert_eq!(server.anonymous().get("/ready").may_fail().await.status, 503);
    issuer.publish(&[&key]);
    server.ready().await;
}

#[tokio::test]
async fn settings_that_do_not_fit_end_the_start_with_2_and_touch_nothing() {
    let machine = Machine::new(FRONTDESK);
    for (arguments, word) in [
        (&["serve", "--identity", "oidc"][..], "--issuer"),
        (&["serve", "--identity", "cognito"], "--pool-id"),
        (&["serve", "--identity", "oidc", "--issuer", "http://id.example.com"], "https"),
        (&["serve", "--identity", "oidc", "--issuer", "https://i.example.com", "--token-algorithms", "HS256"], "RS256"),
        (
            &["serve", "--identity", "oidc", "--issuer", "https://i.example.com", "--admin-email", "a@b"],
            "--admin-email",
        ),
        (&["serve", "--audience", "desk"], "--identity"),
        (&["config", "check", "--identity", "cognito"], "--pool-id"),
    ] {
        let ran = machine.run(arguments).await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(format!("{}{}", ran.out, ran.err).contains(word), "{arguments:?}: {ran:?}");
    }
    assert!(!machine.data().exists());
}
