//! Settings on the command line reach what they are for.

use serde_json::json;
use testkit::{ADMIN_EMAIL, Caller, Http, Machine, PASSWORD, claims, order_of};

use super::FRONTDESK;

#[tokio::test]
async fn pool_rules_and_base_path_are_settings() {
    let machine = Machine::new(FRONTDESK);
    let options = ["--base-path", "/Prod", "--pool-id", "my_pool", "--client-id", "mine", "--admin-group", "bosses"];
    let rules = ["--resource-kinds", "cave,desk", "--order-repeat-seconds", "0"];
    let server = machine.serve(&[&options[..], &rules].concat()).await;
    let ran = machine.run(&["token", "--email", ADMIN_EMAIL, "--password", PASSWORD]).await;
    let token = ran.out.trim();
    let claims = claims(token);
    let issuer = format!("http://{}/Prod/my_pool", server.http.host());
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(issuer), &json!("mine")));
    assert_eq!(claims["cognito:groups"], json!(["bosses"]));

    let anonymous = testkit::Anonymous { http: Http::new(format!("http://{}/Prod", server.http.host())) };
    anonymous.get("/my_pool/.well-known/jwks.json").plain().await.expect(200);
    anonymous.put("/locations/l", &json!({"name": "L"})).authorization(token).await.expect(201);
    for kind in ["cave", "desk", "room"] {
        let body = json!({"name": "R", "type": kind});
        anonymous.put("/locations/l/resources/r", &body).authorization(token).await.expect(201);
    }
    anonymous.post("/orders", &order_of("o")).authorization(token).await.expect(200);
    anonymous.post("/orders", &order_of("o")).authorization(token).await.problem(409, "exists");
}

#[tokio::test]
async fn metrics_can_have_a_listener_of_their_own() {
    let machine = Machine::new(FRONTDESK);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = machine.serve(&["--metrics-listen", &free]).await;
    server.anonymous().get("/metrics").await.problem(404, "not-found");
    let own = testkit::Anonymous { http: Http::new(format!("http://{free}")) };
    let page = own.get("/metrics").header("x-forwarded-for", "203.0.113.7").plain().await.expect(200).text();
    assert!(page.contains("http_requests_total"), "{page}");
    assert_eq!(own.get("/users").plain().await.status, 404);
}
