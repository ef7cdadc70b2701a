//! What clients and the log are told when DynamoDB refuses, and that nothing is lost meanwhile.

use serde_json::json;
use testkit::{Caller, Refusal, TestApp, order_of};

/// What AWS says, and what whoever runs the service has to be told.
const REFUSALS: [(&str, &str); 7] = [
    ("ResourceNotFoundException", "frontdesk tables create"),
    ("AccessDeniedException", "extend their policy"),
    ("UnrecognizedClientException", "check key, secret, region"),
    ("InvalidSignatureException", "check key, secret, region"),
    ("IncompleteSignatureException", "check key, secret, region"),
    ("MissingAuthenticationTokenException", "check key, secret, region"),
    ("ExpiredTokenException", "renew them"),
];

#[tokio::test]
async fn clients_get_503_and_nothing_is_lost() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    admin.location("l").await;
    admin.order("o").await.expect(200);
    for (code, _) in REFUSALS {
        proxy.tell("", Refusal::new(code, "no"));
        for call in [
            admin.get("/locations/l"),
            admin.get("/orders"),
            admin.get("/users"),
            admin.post("/orders", &order_of("p")),
            admin.put("/locations/l", &json!({"name": "Other"})),
            admin.delete("/locations/l"),
            app.anonymous().get("/ready"),
        ] {
            let answer = call.may_fail().await;
            answer.problem(503, "unavailable");
            assert!(answer.header("retry-after").is_some(), "{code}");
        }
        let answer = app.cognito.request(
            "InitiateAuth",
            &json!({
                "ClientId": testkit::CLIENT, "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": testkit::ADMIN_EMAIL, "PASSWORD": testkit::PASSWORD},
            }),
        );
        assert_eq!(answer.may_fail().await.json(503)["__type"], "ServiceUnavailableException");
        proxy.relent();
        assert_eq!(admin.get("/locations/l").await.json(200)["name"], "l");
        assert_eq!(admin.get("/orders").await.json(200)["orders"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_log_names_the_tables_and_what_to_do() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let store = app.instance.store.clone();
    for (code, advice) in REFUSALS {
        proxy.tell("", Refusal::new(code, "no"));
        let key = store::Key::new(store::Table::Locations, "l");
        let read = store.get(&key).await.unwrap_err().to_string();
        assert!(read.contains("table locations: ") && read.contains(advice), "{read}");
        let list = store.query(store::Query::table(store::Table::Events, "l")).await.unwrap_err().to_string();
        assert!(list.contains("table events: ") && list.contains(advice), "{list}");
        proxy.tell("TransactWrite", Refusal::new(code, "no"));
        let written = put(&app, &key).await.to_string();
        assert!(written.contains("tables locations, users: ") && written.contains(advice), "{written}");
    }
    for (message, words) in [
        ("The provided key element does not match the schema", "tables describe"),
        ("The table does not have the specified index: locationIDGSI", "tables describe"),
        ("Type mismatch for Index Key userID Expected: N Actual: S", "tables describe"),
    ] {
        proxy.tell("", Refusal::new("ValidationException", message));
        let error = store.get(&store::Key::new(store::Table::Locations, "l")).await.unwrap_err();
        assert!(matches!(error, store::StoreError::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains("table locations: ") && error.to_string().contains(words), "{error}");
    }
}

/// Stores two items in one commit, and returns the error.
async fn put(app: &TestApp, key: &store::Key) -> store::StoreError {
    let keys = [key.clone(), store::Key::new(store::Table::Users, "u")];
    let written = keys.clone();
    let decide = move |_: &store::Loaded| {
        let mut changes = store::Changes::none();
        changes.put(written[0].clone(), &json!({"locationID": "l"}))?;
        changes.put(written[1].clone(), &json!({"userid": "u"}))?;
        Ok(store::Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(app.instance.store.as_ref(), keys.to_vec(), decide).await.unwrap_err()
}

#[tokio::test]
async fn what_is_too_large_for_dynamodb_is_413_as_elsewhere() {
    for app in [TestApp::start().await, TestApp::on_dynamodb().await] {
        let admin = app.admin().await;
        // Two bytes each as text, three in DynamoDB.
        for (ones, status) in [(140_000, 413), (135_000, 200)] {
            let profile = json!({"name": "Ada", "list": vec![1; ones]});
            let answer = admin.put("/users/{me}", &profile).await;
            assert_eq!(answer.status, status, "{ones} ones: {}", answer.text().chars().take(300).collect::<String>());
        }
        admin
            .put("/users/{me}", &json!({"name": "A".repeat(250), "text": "x".repeat(409_000)}))
            .await
            .problem(413, "too-large");
        assert_eq!(admin.get("/users/{me}").await.json(200)["list"].as_array().unwrap().len(), 135_000);
    }
}

#[tokio::test]
async fn what_the_service_alone_finds_too_large_is_413() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let admin = app.admin().await;
    for refusal in [
        Refusal {
            message: "Item size has exceeded the maximum allowed size".to_owned(),
            ..Refusal::canceled("ValidationError")
        },
        Refusal::new("ValidationException", "Item size has exceeded the maximum allowed size"),
        Refusal::new("ValidationException", "Collection size of items exceeded, which can also be caused by …"),
    ] {
        proxy.tell("TransactWriteItems", refusal);
        admin.put("/locations/l", &json!({"name": "l"})).await.problem(413, "too-large");
        proxy.relent();
        admin.get("/locations/l").await.problem(404, "not-found");
    }
}
