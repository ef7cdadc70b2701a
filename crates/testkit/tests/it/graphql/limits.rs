//! Documents that ask for too much are refused, and cheaply.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Caller, TestApp};

/// No refusal takes so long.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn what_is_too_deep_too_wide_or_too_dear_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let deep = |n: usize| {
        let inner = "resource { bookings(limit: 1) { items {".repeat(n);
        format!("{{ booking(userID: \"u\", id: \"b\") {{ {inner} status {} }} }}", "}}}".repeat(n))
    };
    let many = |n: usize| (0..n).map(|n| format!("a{n}: __typename ")).collect::<String>();
    let page = |limit: i32| {
        let items = "items { bookings(limit: LIMIT) { items { status } } }".replace("LIMIT", &limit.to_string());
        format!("{{ resources(locationID: \"l\", limit: {limit}) {{ {items} }} }}")
    };
    for document in [
        deep(4),
        deep(20),
        format!("{{ {} }}", many(21)),
        format!("{{ resource(locationID: \"l\", id: \"r\") {{ {} }} }}", many(51)),
        page(1_000),
        page(200),
        "{ freeResources(limit: 500) { items { free { start end minutes units } name } } a: freeResources { nextCursor } \
          b: freeResources { nextCursor } c: freeResources { nextCursor } }".to_owned(),
    ] {
        let problem = ada.graphql(&document, &Value::Null).await.graphql_problem(400, "too-complex");
        assert!(problem["detail"].as_str().unwrap().contains("ask for less"), "{problem}");
    }
    app.admin().await.resource("l", "r", 1).await;
    ada.graphql(&page(20), &Value::Null).await.data();
    let whole = "query($u: ID!) { bookings(userID: $u, limit: 1000) { nextCursor items { bookingID userID resourceID locationID \
        starttimeepochtime endtimeepochtime units status title notes } } }";
    ada.graphql(whole, &json!({"u": ada.sub})).await.data();
}

#[tokio::test]
async fn bombs_are_refused_cheaply() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut fragments = String::from("{ ...F0 }");
    for n in 0..200 {
        fragments.push_str(&format!(" fragment F{n} on Query {{ ...F{0} ...F{0} }}", n + 1));
    }
    fragments.push_str(" fragment F200 on Query { __typename }");
    let cycle = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }".to_owned();
    let bombs = [
        "{a".repeat(480_000),
        "[".repeat(1_000_000),
        format!("{{ a(x: {}", "[".repeat(900_000)),
        format!("{{ a(x: {}", "{x:".repeat(300_000)),
        format!("{{ {} }}", "a ".repeat(450_000)),
        format!("{{ a {} }}", "@skip(if: true) ".repeat(50_000)),
        format!("query({}) {{ a }}", "$a: Int ".repeat(100_000)),
        "\"".repeat(1_000_000 / 2),
        fragments,
        cycle,
    ];
    for bomb in bombs {
        let call = async { ada.graphql(&bomb, &Value::Null).await };
        let answer = tokio::time::timeout(PATIENCE, call).await.unwrap();
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(answer.text().len() < 2_000, "{}", answer.text().len());
    }
    ada.graphql("{ __typename }", &Value::Null).await.data();
}

#[tokio::test]
async fn a_comment_or_a_string_may_be_long() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let document = format!("# {}\n{{ __typename }}", "[{(".repeat(200_000));
    assert_eq!(ada.graphql(&document, &Value::Null).await.data(), json!({"__typename": "Query"}));
}
