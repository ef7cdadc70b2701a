//! The keys of an issuer: fetched, rotated, withdrawn, out of reach.

use testkit::{Caller, Issuer, OutsideApp, TestKey};

/// How long after a fetch no unknown key leads to another, in seconds.
const PAUSE: i64 = 10;

#[tokio::test]
async fn before_there_are_keys_nobody_is_told_to_sign_in_again() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    issuer.fail();
    let app = OutsideApp::of(&issuer, |_| {}).await;
    let token = key.sign(&app.claims(&issuer, "ada"));
    assert!(app.instance.identity.prepare().await.is_err());
    assert_eq!(app.anonymous().get("/ready").may_fail().await.status, 503);
    let answer = app.anonymous().get("/orders").authorization(&token).may_fail().await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    app.anonymous().get("/orders").await.expect(401);
    app.anonymous().get("/health").await.expect(200);
    issuer.publish(&[&key]);
    app.instance.identity.prepare().await.unwrap();
    app.anonymous().get("/ready").await.expect(200);
    assert_eq!(app.status(&token).await, 200);
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let (old, new) = (TestKey::rsa("old"), TestKey::rsa("new"));
    let issuer = Issuer::start(&[&old]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    let (with_old, with_new) = (old.sign(&claims), new.sign(&claims));
    assert_eq!(app.status(&with_old).await, 200);
    issuer.publish(&[&old, &new]);
    app.clock.advance_seconds(PAUSE);
    assert_eq!((app.status(&with_new).await, issuer.times_read()), (200, 2));
    assert_eq!((app.status(&with_old).await, issuer.times_read()), (200, 2));
}

#[tokio::test]
async fn a_key_that_is_withdrawn_is_not_believed_not_even_from_memory() {
    let (old, new) = (TestKey::rsa("old"), TestKey::rsa("new"));
    let issuer = Issuer::start(&[&old, &new]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    let (with_old, with_new) = (old.sign(&claims), new.sign(&claims));
    assert_eq!((app.status(&with_old).await, app.status(&with_new).await), (200, 200));
    issuer.publish(&[&new]);
    app.instance.identity.prepare().await.unwrap();
    assert_eq!((app.status(&with_old).await, app.status(&with_new).await), (401, 200));
    let impostor = TestKey::rsa("new");
    issuer.publish(&[&impostor]);
    app.instance.identity.prepare().await.unwrap();
    assert_eq!(app.status(&with_new).await, 401, "another key of the same name");
    issuer.publish(&[]);
    app.instance.identity.prepare().await.unwrap();
    assert_eq!(app.status(&impostor.sign(&claims)).await, 401, "all keys withdrawn");
}

#[tokio::test]
async fn unknown_keys_do_not_flood_the_issuer() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    let forger = TestKey::rsa("unknown");
    let forged = forger.sign(&claims);
    assert_eq!((app.status(&forged).await, issuer.times_read()), (401, 1), "just fetched");
    for round in 2..5 {
        app.clock.advance_seconds(PAUSE);
        let many = (0..50).map(|_| app.status(&forged));
        let answers: Vec<u16> = join_all(many).await;
        assert!(answers.iter().all(|status| *status == 401), "{answers:?}");
        assert_eq!(issuer.times_read(), round);
        app.clock.advance_seconds(PAUSE - 1);
        assert_eq!((app.status(&forged).await, issuer.times_read()), (401, round));
    }
    assert_eq!(app.status(&key.sign(&claims)).await, 200);
}

/// All at once.
async fn join_all(futures: impl Iterator<Item = impl Future<Output = u16>>) -> Vec<u16> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    answers
}

#[tokio::test]
async fn many_that_name_a_new_key_at_once_wait_for_one_fetch() {
    let (old, new) = (TestKey::rsa("old"), TestKey::rsa("new"));
    let issuer = Issuer::start(&[&old]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    issuer.publish(&[&new]);
    app.clock.advance_seconds(PAUSE);
    let tokens: Vec<String> = (0..20).map(|user| new.sign(&app.claims(&issuer, &format!("user-{user}")))).collect();
    let answers = join_all(tokens.iter().map(|token| app.status(token))).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(issuer.times_read(), 2);
}

#[tokio::test]
async fn those_who_wait_for_a_slow_fetch_take_what_it_brings() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    app.clock.advance_seconds(PAUSE);
    let clock = app.clock.clone();
    issuer.be_slow(move || clock.advance_seconds(PAUSE));
    let forged = TestKey::rsa("unknown").sign(&app.claims(&issuer, "ada"));
    let answers = join_all((0..20).map(|_| app.status(&forged))).await;
    assert_eq!((answers, issuer.times_read()), (vec![401; 20], 2));
    app.clock.advance_seconds(PAUSE - 1);
    assert_eq!((app.status(&forged).await, issuer.times_read()), (401, 2), "counted from its end");
    app.clock.advance_seconds(1);
    assert_eq!((app.status(&forged).await, issuer.times_read()), (401, 3));
}

#[tokio::test]
async fn while_the_issuer_is_out_of_reach_the_known_keys_stay() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    issuer.fail();
    app.clock.advance_seconds(PAUSE);
    let error = app.instance.identity.prepare().await.unwrap_err().to_string();
    assert!(error.contains(&issuer.url) && error.contains("500"), "{error}");
    assert_eq!(app.status(&key.sign(&claims)).await, 200);
    app.clock.advance_seconds(PAUSE);
    assert_eq!(app.status(&TestKey::rsa("new").sign(&claims)).await, 401);
    app.anonymous().get("/ready").await.expect(200);
}

#[tokio::test]
async fn an_issuer_that_calls_itself_something_else_is_not_believed() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    issuer.pretend_to_be(&format!("{}/", issuer.url));
    let app = OutsideApp::of(&issuer, |_| {}).await;
    let error = app.instance.identity.prepare().await.unwrap_err().to_string();
    assert!(error.contains("--issuer") && error.contains(&format!("{}/\"", issuer.url)), "{error}");
    issuer.pretend_to_be("http://keys.example.com");
    assert!(app.instance.identity.prepare().await.is_err());
    assert_eq!(issuer.times_read(), 0);
}

#[tokio::test]
async fn keys_of_no_allowed_algorithm_are_said() {
    let key = TestKey::ec("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await;
    let error = app.instance.identity.prepare().await.unwrap_err().to_string();
    assert!(error.contains("RS256") && error.contains("--token-algorithms"), "{error}");
}

#[tokio::test]
async fn keys_are_fetched_within_bounds_and_from_safe_places() {
    let key = TestKey::rsa("k");
    let (issuer, other) = (Issuer::start(&[&key]).await, Issuer::start(&[&key]).await);
    let app = OutsideApp::of(&issuer, |_| {}).await;
    let failure = async || app.instance.identity.prepare().await.unwrap_err().to_string();
    issuer.be_long(256 * 1024);
    assert!(failure().await.contains("more than"));
    for (away, word) in [("http://id.example.com/keys", "away from https"), ("file:///etc/hostname", "302")] {
        issuer.redirect(away);
        let said = failure().await;
        assert!(said.contains(word), "{away}: {said}");
    }
    issuer.redirect(&format!("{}/keys", issuer.url));
    assert!(failure().await.contains("redirect"), "round and round");
    issuer.redirect(&format!("{}/keys", other.url));
    app.instance.identity.prepare().await.unwrap();
    assert_eq!(app.status(&key.sign(&app.claims(&issuer, "ada"))).await, 200);
}
