//! `frontdesk load`: traffic from outside, and an end that tidies up.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use testkit::{ADMIN_EMAIL, Caller, Machine, PASSWORD, Ran, Server, poll};

use super::FRONTDESK;

async fn load(machine: &Machine, server: &Server, options: &[&str]) -> Ran {
    let mut command = machine.command(&[&["load", "--url", server.http.base()], options].concat());
    command.env("FRONTDESK_PASSWORD", PASSWORD);
    machine.finish(command).await
}

/// How many answers with this status the summary tells of.
fn count(ran: &Ran, status: &str) -> u64 {
    let line = ran.out.lines().find_map(|line| line.trim().strip_prefix(status)?.strip_prefix("  "));
    line.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn an_administrator_makes_a_days_traffic_and_leaves_nothing() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let options = ["--email", ADMIN_EMAIL, "--rate", "100", "--for", "4s", "--users", "4", "--report", "1", "--clean"];
    let ran = load(&machine, &server, &options).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    println!("{}{}", ran.err, ran.out);
    assert!(ran.err.contains("as an administrator") && ran.err.matches("requests:").count() >= 2, "{}", ran.err);
    assert!(ran.out.contains("p50") && ran.out.contains("p99") && !ran.out.contains(PASSWORD), "{}", ran.out);
    assert!(count(&ran, "200") > 40 && count(&ran, "201") > 5, "{}", ran.out);
    let statuses = ran.out.lines().skip(1).filter_map(|line| line.split_whitespace().next()?.parse::<u16>().ok());
    let odd: Vec<u16> = statuses.filter(|status| ![200, 201, 400, 404, 409].contains(status)).collect();
    assert!(odd.is_empty() && !ran.out.contains("no answer"), "{}", ran.out);

    let admin = server.admin().await;
    assert_eq!(admin.get("/locations").await.json(200)["items"].as_array().unwrap().len(), 0);
    assert_eq!(admin.get("/users").await.array().len(), 1, "the administrator's own profile");
    assert_eq!(admin.get("/users/{me}/bookings").await.array().len(), 0);
    let log = server.log();
    let asked = |part: &str| log.iter().any(|line| line.to_string().contains(part));
    assert!(asked("PUT") && asked("/orders") && asked("/availability"), "{} lines", log.len());
}

#[tokio::test]
async fn a_guest_uses_what_is_there_and_ends_with_a_signal() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let guest = server.user("guest").await;
    let nothing = load(&machine, &server, &["--token", &guest.tokens.id, "--for", "1s"]).await;
    assert_eq!(nothing.code, Some(1), "{nothing:?}");
    assert!(nothing.err.contains("nothing to book"), "{}", nothing.err);

    server.admin().await.resource("l", "r", 3).await;
    let arguments = ["load", "--url", server.http.base(), "--token", &guest.tokens.id, "--rate", "50", "--clean"];
    let mut command = machine.command(&arguments);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_child(&child);
    let booked = async || Some(guest.get("/users/{me}/bookings").await.array()).filter(|all| all.len() > 1);
    poll::until("bookings", booked).await;
    kill_process(pid, Signal::INT).unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(err.contains("SIGINT: finishing") && out.contains("requests:"), "{out}{err}");
    assert_eq!(guest.get("/users/{me}/bookings").await.array().len(), 0, "{out}{err}");
    let orders = guest.get("/orders").await.json(200)["orders"].as_array().unwrap().clone();
    assert!(orders.iter().all(|order| order["status"] == "CANCELED"), "{orders:?}");
}

#[tokio::test]
async fn what_cannot_begin_says_why() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let url = server.http.base().to_owned();
    for (arguments, code, part) in [
        (vec!["load", "--url", &url], 2, "--email"),
        (
            vec!["load", "--url", &url, "--email", ADMIN_EMAIL, "--password", "Wrong-One-1"],
            1,
            "Incorrect username or password",
        ),
        (vec!["load", "--url", &url, "--token", "no-token"], 2, "no JSON web token"),
        (vec!["load", "--url", &url, "--token", "x", "--rate", "0"], 2, "--rate"),
        (vec!["load", "--url", &url, "--token", "x", "--for", "10"], 2, "such as 30s"),
        (
            vec!["load", "--url", "http://127.0.0.1:1", "--email", ADMIN_EMAIL, "--password", PASSWORD],
            1,
            "cannot sign in at",
        ),
    ] {
        let ran = machine.run(&arguments).await;
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(part) && !ran.err.contains("Wrong-One-1"), "{}", ran.err);
    }
}
