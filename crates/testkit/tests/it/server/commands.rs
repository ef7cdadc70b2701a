//! `token`, `user …`, `openapi` and `config check`, while a server runs and while none does.

use serde_json::Value;
use testkit::{ADMIN_EMAIL, Caller, Machine, PASSWORD, Server, User, claims, fault};

use super::FRONTDESK;

const FIXED: [&str; 2] = ["--public-url", "http://desk.example.com"];

async fn ok(machine: &Machine, arguments: &[&str]) -> String {
    let ran = machine.run(arguments).await;
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    ran.out.trim_end().to_owned()
}

#[tokio::test]
async fn token_prints_an_id_token_that_works() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let token = ok(&machine, &["token", "--email", ADMIN_EMAIL, "--password", PASSWORD]).await;
    assert_eq!(claims(&token)["token_use"], "id");
    server.anonymous().get("/users").authorization(&token).await.expect(200);
    let access = ok(&machine, &["token", "--access", "--email", ADMIN_EMAIL, "--password", PASSWORD]).await;
    assert_eq!(claims(&access)["token_use"], "access");
    let wrong = machine.run(&["token", "--email", ADMIN_EMAIL, "--password", "Wrong-One-1"]).await;
    assert_eq!((wrong.code, wrong.out.as_str()), (Some(1), ""));
    assert!(
        wrong.err.contains("Incorrect username or password") && !wrong.err.contains("Wrong-One-1"),
        "{}",
        wrong.err
    );
}

#[tokio::test]
async fn a_token_of_the_command_works_when_no_server_ran_while_it_was_made() {
    let machine = Machine::new(FRONTDESK);
    machine.serve(&FIXED).await.kill();
    let mut command = machine.command(&["token", "--email", ADMIN_EMAIL, "--password", PASSWORD]);
    command.env("FRONTDESK_PUBLIC_URL", FIXED[1]);
    let ran = machine.finish(command).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let server = machine.serve(&FIXED).await;
    server.anonymous().get("/users").authorization(ran.out.trim()).await.expect(200);
}

#[tokio::test]
async fn users_are_managed_while_the_server_runs() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&FIXED).await;
    manage(&machine, Some(&server)).await;
}

#[tokio::test]
async fn users_are_managed_while_no_server_runs() {
    let machine = Machine::new(FRONTDESK);
    machine.serve(&FIXED).await.kill();
    manage(&machine, None).await;
}

async fn manage(machine: &Machine, server: Option<&Server>) {
    let email = "ada@example.com";
    ok(machine, &["user", "add", "--email", email, "--password", PASSWORD, "--group", "staff"]).await;
    let twice = machine.run(&["user", "add", "--email", email, "--password", PASSWORD]).await;
    assert_eq!(twice.code, Some(1), "{twice:?}");
    let token = ok(machine, &["token", "--email", email, "--password", PASSWORD]).await;
    assert_eq!(claims(&token)["cognito:groups"], serde_json::json!(["staff"]));
    let list = ok(machine, &["user", "list"]).await;
    let line = list.lines().find(|line| line.starts_with(email)).unwrap();
    assert_eq!(
        line.split('\t').collect::<Vec<_>>(),
        [email, "Confirmed", "staff", claims(&token)["sub"].as_str().unwrap()]
    );
    assert_eq!(list.lines().count(), 2);

    ok(machine, &["user", "disable", "--email", email]).await;
    if let Some(server) = server {
        server.anonymous().get("/orders").authorization(&token).await.problem(401, "unauthorized");
    }
    let refused = machine.run(&["token", "--email", email, "--password", PASSWORD]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(ok(machine, &["user", "list"]).await.contains("Disabled"));
    ok(machine, &["user", "enable", "--email", email]).await;

    ok(machine, &["user", "passwd", "--email", email, "--password", "Another-One-2030"]).await;
    assert_eq!(machine.run(&["token", "--email", email, "--password", PASSWORD]).await.code, Some(1));
    ok(machine, &["user", "group", "add", "--email", email, "--group", "apiAdmins"]).await;
    ok(machine, &["user", "group", "remove", "--email", email, "--group", "staff"]).await;
    let token = ok(machine, &["token", "--email", email, "--password", "Another-One-2030"]).await;
    assert_eq!(claims(&token)["cognito:groups"], serde_json::json!(["apiAdmins"]));
    let unknown = machine.run(&["user", "disable", "--email", "nobody@example.com"]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("does not exist"), "{}", unknown.err);
}

#[tokio::test]
async fn a_password_can_come_from_standard_input_or_a_variable() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let mut command = machine.command(&["user", "add", "--email", "ada@example.com"]);
    command.env("FRONTDESK_PASSWORD", PASSWORD);
    assert_eq!(machine.finish(command).await.code, Some(0));
    let ada: User = server.cognito().signed_in(String::new(), "ada@example.com", PASSWORD).await;
    assert_eq!(claims(&ada.tokens.id)["email"], "ada@example.com");
    let weak = machine.run(&["user", "add", "--email", "bob@example.com", "--password", "weak"]).await;
    assert_eq!(weak.code, Some(1));
    assert!(weak.err.contains("Password did not conform"), "{}", weak.err);
    assert_eq!(fault(&server.cognito().initiate("bob@example.com", "weak").await), "NotAuthorizedException");
}

#[tokio::test]
async fn commands_without_data_say_so_and_make_none() {
    let machine = Machine::new(FRONTDESK);
    for arguments in
        [&["user", "list"][..], &["token", "--email", ADMIN_EMAIL, "--password", PASSWORD], &["backup", "file"]]
    {
        let ran = machine.run(arguments).await;
        assert!(ran.code.is_some_and(|code| code != 0) && ran.err.contains("--data"), "{arguments:?}: {ran:?}");
    }
    assert!(!machine.data().exists());
}

#[tokio::test]
async fn openapi_prints_what_is_served() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let printed: Value = serde_json::from_str(&ok(&machine, &["openapi"]).await).unwrap();
    assert_eq!(printed, server.anonymous().get("/openapi.json").await.json(200));
    let postman: Value = serde_json::from_str(&ok(&machine, &["openapi", "--postman"]).await).unwrap();
    assert!(postman["info"]["schema"].as_str().unwrap().contains("v2.1"), "{}", postman["info"]);
    assert!(!postman["item"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn config_check_shows_the_settings_but_no_secrets() {
    let machine = Machine::new(FRONTDESK);
    let mut command = machine.command(&["config", "check", "--base-path", "/Prod"]);
    command.env("FRONTDESK_ADMIN_PASSWORD", "Secret-Thing-1");
    let ran = machine.finish(command).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("FRONTDESK_BASE_PATH=/Prod") && !ran.out.contains("Secret-Thing-1"), "{}", ran.out);
    let ran = machine.run(&["config", "check", "--policies", "no-such-directory"]).await;
    assert!(ran.code.is_some_and(|code| code != 0) && ran.err.contains("no-such-directory"), "{ran:?}");
}

#[tokio::test]
async fn health_says_whether_a_server_answers() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--base-path", "/Prod"]).await;
    let listen = server.http.base().trim_start_matches("http://").trim_end_matches("/Prod").to_owned();
    let here = ["health", "--listen", &listen, "--base-path", "/Prod"];
    assert_eq!(ok(&machine, &here).await, "Ok");
    assert_eq!(ok(&machine, &[&here[..], &["--ready"]].concat()).await, "Ok");
    let elsewhere = machine.run(&["health", "--url", &format!("http://{listen}/elsewhere")]).await;
    assert_eq!(elsewhere.code, Some(1), "{elsewhere:?}");
    assert!(elsewhere.err.contains("answers 404"), "{}", elsewhere.err);
    server.kill();
    let gone = machine.run(&here).await;
    assert!(gone.code == Some(1) && gone.err.contains("does not answer"), "{gone:?}");
}
