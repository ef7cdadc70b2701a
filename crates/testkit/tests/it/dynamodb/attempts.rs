//! How often a busy service is asked again, and what happens when it stays busy. Counted in requests, not in seconds.

use serde_json::json;
use testkit::{Caller, Refusal, TestApp};

/// As many attempts as DESIGN promises.
const ATTEMPTS: usize = 16;

/// How many attempts there were.
async fn attempts(target: &'static str, refusal: Refusal) -> usize {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    admin.location("l").await;
    proxy.tell(target, refusal.clone());
    // With a key more than one item is loaded.
    let answer = admin.put("/locations/l", &json!({"name": "Other"})).key("k").may_fail().await;
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    let attempts = proxy.told();
    assert!(attempts >= ATTEMPTS, "{refusal:?}: {attempts}");
    proxy.relent();
    assert_eq!(admin.get("/locations/l").await.json(200)["name"], "l");
    admin.put("/locations/l", &json!({"name": "Other"})).key("k").await.expect(201);
    attempts
}

#[tokio::test]
async fn when_transactions_always_conflict() {
    println!("{} attempts", attempts("TransactWriteItems", Refusal::canceled("TransactionConflict")).await);
}

#[tokio::test]
async fn when_transactions_are_always_throttled() {
    println!("{} attempts", attempts("TransactWriteItems", Refusal::canceled("ThrottlingError")).await);
}

#[tokio::test]
async fn when_transactions_never_have_capacity() {
    let refusal = Refusal::canceled("ProvisionedThroughputExceeded");
    println!("{} attempts", attempts("TransactWriteItems", refusal).await);
}

#[tokio::test]
async fn when_reads_are_always_throttled() {
    println!("{} attempts", attempts("TransactGetItems", Refusal::canceled("ThrottlingError")).await);
}

#[tokio::test]
async fn when_everything_is_throttled() {
    for code in ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"] {
        println!("{} attempts", attempts("Transact", Refusal::new(code, "slow down")).await);
    }
}

#[tokio::test]
async fn a_service_that_is_busy_for_a_while_is_waited_for() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    proxy.tell("Transact", Refusal::canceled("TransactionConflict"));
    let put = tokio::spawn({
        let admin = admin.clone();
        async move { admin.put("/locations/l", &json!({"name": "l"})).await }
    });
    testkit::poll::until("some attempts", async || (proxy.told() >= 5).then_some(())).await;
    proxy.relent();
    put.await.unwrap().expect(201);
}
