//! Tokens that are not believed any more although their issuer does not say so.

use frontdesk::control::{Operation, execute};
use serde_json::json;
use store::Table;
use testkit::{Issuer, OutsideApp, TestKey};

/// How far an issuer's clock may be ahead; a mark reaches as far.
const SKEW: i64 = 5;

async fn scene() -> (TestKey, Issuer, OutsideApp) {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    (key, issuer, app)
}

#[tokio::test]
async fn signing_out_ends_the_tokens_of_one_user_so_far() {
    let (key, issuer, app) = scene().await;
    let ada = key.sign(&app.claims(&issuer, "ada"));
    let bob = key.sign(&app.claims(&issuer, "bob"));
    let mut ahead = app.claims(&issuer, "ada");
    ahead["iat"] = json!(ahead["iat"].as_i64().unwrap() + SKEW);
    let ahead = key.sign(&ahead);
    for token in [&ada, &bob, &ahead] {
        assert_eq!(app.status(token).await, 200);
    }
    execute(Operation::SignOut { user: "ada".to_owned() }, &app.instance).await.unwrap();
    assert_eq!((app.status(&ada).await, app.status(&ahead).await, app.status(&bob).await), (401, 401, 200));
    app.clock.advance_seconds(SKEW + 1);
    let again = key.sign(&app.claims(&issuer, "ada"));
    assert_eq!((app.status(&again).await, app.status(&ada).await), (200, 401));
}

#[tokio::test]
async fn erasing_a_user_removes_the_data_and_ends_the_tokens() {
    let (key, issuer, app) = scene().await;
    let token = key.sign(&app.claims(&issuer, "ada@example.com"));
    let ada = app.bearer(&token);
    ada.order("o").await.expect(200);
    let export = Operation::ExportUser { user: "ada@example.com".to_owned(), after: None };
    let shown = format!("{:?}", execute(export, &app.instance).await.unwrap());
    assert!(shown.contains("order"), "{shown}");
    let erase = || Operation::EraseUser { user: "ada@example.com".to_owned() };
    let answer = execute(erase(), &app.instance).await.unwrap();
    let said = format!("{answer:?}");
    assert!(said.contains("account: false") && said.contains("orders: 1"), "{said}");
    assert_eq!(app.status(&token).await, 401);
    execute(erase(), &app.instance).await.unwrap();
}

/// How many events tell of an erasure.
async fn told(app: &OutsideApp) -> usize {
    let (mut count, mut after) = (0, None);
    loop {
        let page = app.instance.store.scan(Table::Events, 1_000, after).await.unwrap();
        count += page.items.iter().filter(|item| item.body.contains("frontdesk.user.erased")).count();
        after = page.next;
        if after.is_none() {
            return count;
        }
    }
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_is_told_of_too_and_once() {
    let (key, issuer, app) = scene().await;
    let token = key.sign(&app.claims(&issuer, "ada"));
    app.bearer(&token).order("o").await.expect(200);
    // The process ends when all that is stored has gone.
    let begun = app.instance.identity.begin_erasure("ada").await.unwrap();
    assert!(!begun.is_resumed);
    app.instance.app.erase_person(&begun.sub).await.unwrap();
    let again = async |operation| execute(operation, &app.instance).await.unwrap();
    // What else is marked meanwhile does not hide it.
    again(Operation::SignOut { user: "ada".to_owned() }).await;
    assert_eq!(told(&app).await, 0);
    for user in ["ada", "ada", "nobody", "nobody"] {
        again(Operation::EraseUser { user: user.to_owned() }).await;
        assert_eq!(told(&app).await, 1, "{user}");
    }
    assert_eq!(app.status(&token).await, 401);
}

#[tokio::test]
async fn accounts_are_the_issuers_affair() {
    let (_, issuer, app) = scene().await;
    let email = || "ada@example.com".to_owned();
    for operation in [
        Operation::ListUsers { after: None },
        Operation::AddUser { email: email(), password: "x".to_owned().into(), groups: Vec::new() },
        Operation::SetEnabled { email: email(), enabled: false },
        Operation::SetPassword { email: email(), password: "x".to_owned().into() },
        Operation::AddToGroup { email: email(), group: "g".to_owned() },
        Operation::RemoveFromGroup { email: email(), group: "g".to_owned() },
        Operation::Token { email: email(), password: "x".to_owned().into(), access: false },
    ] {
        let error = execute(operation, &app.instance).await.unwrap_err().to_string();
        assert!(error.contains(&issuer.url) && error.contains("manage them there"), "{error}");
    }
}
