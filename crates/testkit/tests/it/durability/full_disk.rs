//! A database that may not grow: writes are refused, reads go on, nothing is lost.

use serde_json::{Value, json};
use testkit::{Answer, Caller, Machine, fault};

use crate::server::FRONTDESK;

const PUBLIC_URL: [&str; 2] = ["--public-url", "http://desk.example.com"];

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[&PUBLIC_URL[..], &["--max-database-bytes", "2097152"]].concat()).await;
    let admin = server.admin().await;
    let mut kept: Vec<(String, Value)> = Vec::new();
    let full = loop {
        let id = format!("l{}", kept.len());
        let body = json!({"name": id, "padding": "x".repeat(50_000)});
        let answer = admin.put(&format!("/locations/{id}"), &body).may_fail().await;
        if answer.status != 201 {
            break answer;
        }
        kept.push((id, answer.json(201)));
        assert!(kept.len() < 100, "two megabytes hold no hundred of these");
    };
    assert!(kept.len() > 3);
    refused(&full);
    let token_of_before = admin.clone();
    for (id, location) in &kept {
        assert_eq!(&token_of_before.get(&format!("/locations/{id}")).await.json(200), location);
    }
    admin.get(&format!("/locations/l{}", kept.len())).await.problem(404, "not-found");
    let large = json!({"name": "again", "padding": "x".repeat(300_000)});
    refused(&admin.put("/locations/again", &large).may_fail().await);
    server.anonymous().get("/health").await.expect(200);

    server.kill();
    let server = machine.serve(&PUBLIC_URL).await;
    let admin = server.admin().await;
    for (id, location) in &kept {
        assert_eq!(&admin.get(&format!("/locations/{id}")).await.json(200), location);
    }
    admin.put("/locations/again", &large).await.expect(201);
}

#[track_caller]
fn refused(answer: &Answer) {
    assert!([503, 507].contains(&answer.status), "{}: {}", answer.asked, answer.text());
    assert!(!answer.text().contains("sqlite"), "{}", answer.text());
}

#[tokio::test]
async fn the_pool_refuses_too_and_signs_in_again_when_there_is_room() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--max-database-bytes", "1048576"]).await;
    let admin = server.admin().await;
    for size in [100_000, 10_000, 1_000, 100] {
        let body = json!({"name": "x", "padding": "x".repeat(size)});
        while admin.put("/locations", &body).may_fail().await.status == 201 {}
    }
    let answer = server
        .cognito()
        .request(
            "SignUp",
            &json!({"ClientId": testkit::CLIENT, "Username": "ada@example.com",
        "Password": testkit::PASSWORD}),
        )
        .may_fail()
        .await;
    assert!(
        answer.status == 503 || (answer.status == 400 && !fault(&answer).is_empty()) || answer.status == 200,
        "{}",
        answer.text()
    );
    assert!(!answer.text().to_lowercase().contains("sqlite"), "{}", answer.text());
    admin.get("/users/{me}").await.expect(200);
}
