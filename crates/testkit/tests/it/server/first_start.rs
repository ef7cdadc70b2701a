//! The very first start, and later ones.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use testkit::{ADMIN_EMAIL, Caller, Machine, fault};

use super::FRONTDESK;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_is_left_in_the_data_directory_is_for_its_owner_only() {
    let machine = Machine::new(FRONTDESK);
    let _server = machine.serve(&[]).await;
    let data = machine.data();
    assert_eq!(mode(&data), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    for name in ["aws-credentials", "control.sock", "frontdesk.db"] {
        assert!(names.iter().any(|there| there == name), "{names:?}");
    }
    assert!(!names.iter().any(|name| name == "initial-admin-password"), "the password was given: {names:?}");
}

#[tokio::test]
async fn without_a_password_one_is_made_and_kept_in_a_file() {
    let machine = Machine::new(FRONTDESK);
    let mut command = machine.command(&["serve", "--public-url", "http://desk.example.com"]);
    command.env("FRONTDESK_ADMIN_EMAIL", ADMIN_EMAIL);
    let server = machine.launch_as_it_is(command).await;
    server.ready().await;
    let file = machine.data().join("initial-admin-password");
    assert_eq!(mode(&file), 0o600);
    let password = fs::read_to_string(&file).unwrap().trim().to_owned();
    assert!(password.len() >= 16, "{password}");
    assert!(!fs::read_to_string(machine.path("server.log")).unwrap().contains(&password), "the log is no place for it");
    server.cognito().sign_in(ADMIN_EMAIL, &password).await;
    let said = server.logged("created the administrator").await;
    assert!(said["password_file"].as_str().unwrap().ends_with("initial-admin-password"), "{said}");
    server.kill();

    let server = machine.serve(&["--admin-email", "other@example.com", "--admin-password", "Another-One-2030"]).await;
    server.logged_part("change nothing").await;
    server.cognito().sign_in(ADMIN_EMAIL, &password).await;
    let answer = server.cognito().initiate("other@example.com", "Another-One-2030").await;
    assert_eq!(fault(&answer), "NotAuthorizedException");
    assert_eq!(server.cognito().sign_in(ADMIN_EMAIL, &password).await.id.split('.').count(), 3);
}

#[tokio::test]
async fn the_address_and_the_references_are_said_and_health_answers_at_once() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.launch(machine.command::<&str>(&[])).await;
    assert_eq!(server.anonymous().get("/health").await.text(), "Ok");
    let said = server.logged("frontdesk listens").await;
    assert_eq!(said["reference"], format!("{}/docs", server.http.base()));
    // The pool's endpoints wait for the keys instead of failing.
    server.anonymous().get("/local_frontdesk/.well-known/jwks.json").plain().await.expect(200);
}

#[tokio::test]
async fn a_first_start_that_was_cut_off_is_taken_up_by_the_next() {
    let machine = Machine::new(FRONTDESK);
    for _ in 0..3 {
        machine.launch(machine.command(&["serve"])).await.kill();
    }
    let server = machine.serve(&[]).await;
    let admin = server.admin().await;
    assert_eq!(admin.get("/users").await.array().len(), 1);
}

#[tokio::test]
async fn a_first_password_that_breaks_the_rules_ends_the_start_and_leaves_the_choice_open() {
    let machine = Machine::new(FRONTDESK);
    let ran = machine.run(&["serve", "--listen", "127.0.0.1:0", "--admin-password", "weak"]).await;
    let said = format!("{}{}", ran.out, ran.err);
    assert!(ran.code.is_some_and(|code| code != 0) && said.contains("Password did not conform"), "{ran:?}");
    machine.serve(&[]).await.admin().await.get("/users").await.expect(200);
}
