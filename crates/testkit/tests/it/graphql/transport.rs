//! GraphQL over HTTP: who may ask, bodies, statuses and media types.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Caller, TestApp};

#[tokio::test]
async fn nobody_asks_anonymously() {
    let app = TestApp::start().await;
    let anonymous = app.anonymous();
    for document in ["{ __typename }", "{ __schema { types { name } } }", "{ broken"] {
        anonymous.graphql(document, &Value::Null).await.problem(401, "unauthorized");
    }
    let ada = app.user("ada").await;
    let schema = ada.graphql("{ __schema { queryType { name } mutationType { name } } }", &Value::Null).await.data();
    assert_eq!(schema["__schema"]["mutationType"]["name"], "Mutation");
}

#[tokio::test]
async fn a_body_is_one_request() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for body in [
        "",
        "{",
        "[]",
        "[{\"query\":\"{ __typename }\"}]",
        "\"{ __typename }\"",
        "{}",
        "{\"query\":1}",
        "{\"query\":\"{a}\",\"variables\":[]}",
    ] {
        ada.call(Method::POST, "/graphql").body(body).await.problem(400, "invalid");
    }
    ada.call(Method::POST, "/graphql").body(vec![b' '; 2 << 20]).await.problem(413, "too-large");
    // Whatever its Content-Type.
    let plain =
        ada.call(Method::POST, "/graphql").header("content-type", "text/plain").body("{\"query\":\"{ __typename }\"}");
    plain.await.data();
    let named = json!({"query": "query A { __typename } query B { b: __typename }", "operationName": "B"});
    assert_eq!(ada.post("/graphql", &named).await.data(), json!({"b": "Query"}));
    for name in [json!("C"), json!(null)] {
        let unknown = json!({"query": "query A { __typename } query B { b: __typename }", "operationName": name});
        ada.post("/graphql", &unknown).await.graphql_problem(400, "invalid");
    }
    let problem = ada.graphql("mutation { cancelOrder(id: \"o\") { status } }", &Value::Null).if_match("\"1\"").await;
    assert!(problem.problem(400, "invalid")["errors"][0]["detail"].as_str().unwrap().contains("ifVersion"));
}

#[tokio::test]
async fn the_status_says_whether_the_document_was_executed() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let request = |document: &str, accept: &str| ada.graphql(document, &Value::Null).header("accept", accept);
    let newer = "application/graphql-response+json";
    for (document, accept, status, kind) in [
        ("{ __typename }", newer, 200, newer),
        ("{ __typename }", "application/json", 200, "application/json"),
        ("{ none }", newer, 400, newer),
        ("{ none }", "*/*", 400, newer),
        ("{ none }", "application/json", 200, "application/json"),
        ("{ broken", "application/json", 200, "application/json"),
        ("{ order(id: \"none\") { status } }", newer, 200, newer),
    ] {
        let answer = request(document, accept).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, Some(kind)), "{document} {accept}");
    }
    let problem = ada.graphql("subscription { a }", &Value::Null).await;
    assert_eq!(problem.status, 400, "{}", problem.text());
}
