//! The program's user commands on moto's Cognito.

use std::process::Command;

use serde_json::json;
use testkit::{Caller, Machine, Moto, PASSWORD, Proxy, Ran, Refusal};

use crate::server::FRONTDESK;

const EMAIL: &str = "ada@example.com";
const SECOND: &str = "Another-for-Tests-2030";

/// Gives a command the SDK's settings for moto, and ours.
fn at(moto: &Moto, mut command: Command) -> Command {
    command.env("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", moto.url());
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    command.env("FRONTDESK_IDENTITY", "cognito").env("FRONTDESK_POOL_ID", &moto.pool);
    command.env("FRONTDESK_CLIENT_ID", &moto.client).env("FRONTDESK_JWKS_URL", moto.jwks_url());
    command
}

async fn run(moto: &Moto, machine: &Machine, arguments: &[&str]) -> Ran {
    machine.finish(at(moto, machine.command(arguments))).await
}

#[track_caller]
fn out(ran: &Ran) -> String {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.out.trim().to_owned()
}

#[track_caller]
fn refused(ran: &Ran, word: &str) {
    assert!(ran.code == Some(1) && ran.err.contains(word), "`{word}`: {ran:?}");
}

async fn live_through_everything(moto: &Moto, machine: &Machine) -> String {
    let user = async |command: &[&str], more: &[&str]| {
        run(moto, machine, &[&["user"], command, &["--email", EMAIL], more].concat()).await
    };
    let token = async |password: &str| run(moto, machine, &["token", "--email", EMAIL, "--password", password]).await;
    refused(&user(&["add"], &["--password", "weak"]).await, "policy");
    out(&user(&["add"], &["--password", PASSWORD, "--group", "staff", "--group", "night"]).await);
    refused(&user(&["add"], &["--password", PASSWORD]).await, "already exists");
    out(&user(&["group", "remove"], &["--group", "night"]).await);
    let list = out(&run(moto, machine, &["user", "list"]).await);
    let line = list.lines().find(|line| line.starts_with(EMAIL)).unwrap();
    assert!(line.starts_with("ada@example.com\tConfirmed\tstaff\t"), "{list}");
    out(&user(&["passwd"], &["--password", SECOND]).await);
    refused(&token(PASSWORD).await, "");
    assert!(out(&token(SECOND).await).starts_with("ey"));
    out(&user(&["disable"], &[]).await);
    assert!(out(&run(moto, machine, &["user", "list"]).await).contains("\tDisabled\t"));
    out(&user(&["enable"], &[]).await);
    refused(&run(moto, machine, &["user", "disable", "--email", "nobody@example.com"]).await, "User does not exist");
    let weak = user(&["passwd"], &["--password", "weak"]).await;
    refused(&weak, "policy");
    line.split('\t').next_back().unwrap().to_owned()
}

#[tokio::test]
async fn the_running_server_does_it() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    let server = machine.launch_as_it_is(at(&moto, machine.command(&["serve"]))).await;
    server.ready().await;
    let sub = live_through_everything(&moto, &machine).await;
    // A new token is later than the last change by as much as an issuer's clock may be ahead, or is refused like the old ones.
    let token = out(&run(&moto, &machine, &["token", "--email", EMAIL, "--password", SECOND]).await);
    let orders = async || server.anonymous().get("/orders").authorization(&token).await;
    orders().await.expect(401);
    let erased = out(&run(&moto, &machine, &["user", "erase", EMAIL, "--yes"]).await);
    assert!(erased.contains("1 accounts"), "{erased}");
    refused(&run(&moto, &machine, &["user", "disable", "--email", EMAIL]).await, "User does not exist");
    let again = out(&run(&moto, &machine, &["user", "erase", &sub, "--yes"]).await);
    assert!(again.contains("0 accounts"), "{again}");
}

#[tokio::test]
async fn an_erasure_that_cognito_cuts_off_is_told_of_and_can_be_taken_up_by_the_address() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    std::fs::create_dir(machine.data()).unwrap();
    create(&moto, "ada", EMAIL, "true").await;
    let proxy = Proxy::start(moto.url(), 1, 0).await;
    proxy.tell("AdminDeleteUser", Refusal { status: 500, ..Refusal::new("InternalErrorException", "later") });
    let erase = ["user", "erase", EMAIL, "--yes"];
    let mut command = at(&moto, machine.command(&erase));
    command.env("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", proxy.url());
    refused(&machine.finish(command).await, "Cognito failed");
    let stored = std::fs::read(machine.data().join("frontdesk.db")).unwrap();
    assert!(String::from_utf8_lossy(&stored).contains("frontdesk.user.erased"));
    assert!(out(&run(&moto, &machine, &erase).await).contains("1 accounts"));
}

#[tokio::test]
async fn without_a_server_the_command_does_it() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    std::fs::create_dir(machine.data()).unwrap();
    live_through_everything(&moto, &machine).await;
    out(&run(&moto, &machine, &["user", "sign-out", EMAIL]).await);
}

#[tokio::test]
async fn an_address_of_two_users_is_nobodys() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    std::fs::create_dir(machine.data()).unwrap();
    for name in ["one", "two"] {
        create(&moto, name, EMAIL, "true").await;
    }
    refused(&run(&moto, &machine, &["user", "erase", EMAIL, "--yes"]).await, "Several users");
    assert_eq!(out(&run(&moto, &machine, &["user", "list"]).await).lines().count(), 2);
    let list = out(&run(&moto, &machine, &["user", "list"]).await);
    let sub = list.lines().next().unwrap().split('\t').next_back().unwrap();
    out(&run(&moto, &machine, &["user", "sign-out", sub]).await);
}

/// A user whose username and address say nothing of each other.
async fn create(moto: &Moto, username: &str, email: &str, verified: &str) {
    let attributes = json!([{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": verified}]);
    let user = json!({"UserPoolId": moto.pool, "Username": username, "UserAttributes": attributes});
    moto.act("AdminCreateUser", user).await;
}

/// The line of `user list` with that address, and the `sub` in it.
async fn listed(moto: &Moto, machine: &Machine, email: &str) -> (String, String) {
    let list = out(&run(moto, machine, &["user", "list"]).await);
    let line = list.lines().find(|line| line.starts_with(email)).unwrap();
    (line.to_owned(), line.split('\t').next_back().unwrap().to_owned())
}

const BOSS: &str = "boss@example.com";
const MALLORY: &str = "mallory@example.com";

#[tokio::test]
async fn whoever_is_named_like_anothers_address_is_not_taken_for_them() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    std::fs::create_dir(machine.data()).unwrap();
    create(&moto, BOSS, MALLORY, "true").await;
    let promote = ["user", "group", "add", "--email", BOSS, "--group", "apiAdmins"];
    refused(&run(&moto, &machine, &promote).await, "User does not exist");
    create(&moto, "b", BOSS, "true").await;
    out(&run(&moto, &machine, &promote).await);
    let (boss, sub) = listed(&moto, &machine, BOSS).await;
    assert!(boss.contains("apiAdmins"), "{boss}");
    assert!(!listed(&moto, &machine, MALLORY).await.0.contains("apiAdmins"));
    // Whoever has a `sub` for a username is not taken for its owner either.
    create(&moto, &sub, "eve@example.com", "true").await;
    out(&run(&moto, &machine, &["user", "disable", "--email", &sub]).await);
    assert!(listed(&moto, &machine, BOSS).await.0.contains("Disabled"));
    let erased = out(&run(&moto, &machine, &["user", "erase", &sub, "--yes"]).await);
    assert!(erased.contains("1 accounts"), "{erased}");
    for left in [MALLORY, "eve@example.com"] {
        assert!(!listed(&moto, &machine, left).await.0.contains("Disabled"), "{left}");
    }
    let erased = out(&run(&moto, &machine, &["user", "erase", &sub, "--yes"]).await);
    assert!(erased.contains("0 accounts"), "{erased}");
    listed(&moto, &machine, "eve@example.com").await;
    refused(&run(&moto, &machine, &["user", "erase", BOSS, "--yes"]).await, "User does not exist");
}

#[tokio::test]
async fn an_unverified_address_names_nobody() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    std::fs::create_dir(machine.data()).unwrap();
    // Both by the address as a username, and by one that says nothing.
    for username in ["mallory", BOSS] {
        create(&moto, username, BOSS, "false").await;
    }
    let promote = ["user", "group", "add", "--email", BOSS, "--group", "apiAdmins"];
    refused(&run(&moto, &machine, &promote).await, "by `sub`");
    assert!(!out(&run(&moto, &machine, &["user", "list"]).await).contains("apiAdmins"));
    create(&moto, "b", BOSS, "true").await;
    out(&run(&moto, &machine, &promote).await);
    let list = out(&run(&moto, &machine, &["user", "list"]).await);
    assert_eq!(list.matches("apiAdmins").count(), 1, "{list}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_said() {
    let moto = Moto::start().await;
    let machine = Machine::new(FRONTDESK);
    std::fs::create_dir(machine.data()).unwrap();
    let mut command = at(&moto, machine.command(&["user", "list"]));
    command.env("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://127.0.0.1:1");
    refused(
        &machine.finish(command).await,
        "Cognito cannot be reached; check AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
    );
    let mut command = at(&moto, machine.command(&["user", "list"]));
    command.env("FRONTDESK_POOL_ID", "us-east-1_nothing");
    refused(&machine.finish(command).await, "--pool-id");
}
