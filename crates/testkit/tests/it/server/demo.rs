//! `serve --demo`: a venue whose year holds what its rules promise.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;

use domain::Clock;
use frontdesk::ambient::SystemClock;
use serde_json::Value;
use testkit::{Caller, Machine, Server, User, claims, poll};

use super::FRONTDESK;

/// The users and passwords that were written down.
fn shown(machine: &Machine) -> BTreeMap<String, String> {
    let file = machine.data().join("demo-passwords");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    let words = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    text.lines().map(words).map(|words| (words[0].clone(), words[1].clone())).collect()
}

async fn sign_in(server: &Server, machine: &Machine, email: &str) -> User {
    let password = shown(machine)[email].clone();
    let tokens = server.cognito().sign_in(email, &password).await;
    let sub = claims(&tokens.id)["sub"].as_str().unwrap().to_owned();
    User { http: server.http.clone(), sub, email: email.to_owned(), password, tokens }
}

/// All pages of a list.
async fn all(user: &User, path: &str) -> Vec<Value> {
    let (mut items, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let answer = user.get(&path).await;
        next = answer.next();
        items.extend(answer.array());
    }
    items
}

/// The most units that are in use at once.
fn most_used(bookings: &[Value]) -> i64 {
    let mut changes = Vec::new();
    for booking in bookings {
        let number = |name: &str| booking[name].as_i64().unwrap();
        changes.push((number("starttimeepochtime"), number("units")));
        changes.push((number("endtimeepochtime"), -number("units")));
    }
    // At one moment what ends comes before what starts.
    changes.sort_unstable();
    changes
        .iter()
        .scan(0, |used, (_, units)| {
            *used += units;
            Some(*used)
        })
        .max()
        .unwrap_or(0)
}

#[tokio::test]
async fn a_shown_user_finds_a_year_in_three_zones_and_nothing_booked_twice() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--demo"]).await;
    let loaded = server.logged("the demo is loaded").await;
    println!("{loaded}");
    assert_eq!(shown(&machine).len(), 12);
    let log = server.log();
    assert!(shown(&machine).values().all(|password| !format!("{log:?}").contains(password.as_str())));
    let user = sign_in(&server, &machine, "jonas.weber@example.com").await;
    let now = SystemClock.now().as_second();

    let locations = user.get("/locations").await.json(200)["items"].as_array().unwrap().clone();
    let mut zones: Vec<&str> = locations.iter().map(|location| location["timeZone"].as_str().unwrap()).collect();
    zones.sort_unstable();
    assert_eq!(zones, ["America/New_York", "Asia/Kathmandu", "Europe/Berlin"]);
    let (mut kinds, mut past, mut to_come) = (Vec::new(), 0, 0);
    for location in &locations {
        let path = format!("/locations/{}/resources", location["locationID"].as_str().unwrap());
        let mut of_location = 0;
        for resource in all(&user, &path).await {
            let capacity = resource["capacity"].as_i64().unwrap();
            let path = format!("{path}/{}/bookings", resource["resourceID"].as_str().unwrap());
            let bookings = all(&user, &path).await;
            assert!(bookings.len() > 20, "{path}: {}", bookings.len());
            assert!((1..=capacity).contains(&most_used(&bookings)), "{path}");
            of_location += bookings.len();
            let before =
                bookings.iter().filter(|booking| booking["starttimeepochtime"].as_i64().unwrap() < now).count();
            past += before;
            to_come += bookings.len() - before;
            kinds.extend(resource["type"].as_str().map(str::to_owned));
        }
        assert!(of_location > 300, "{}: {of_location}", location["name"]);
    }
    for kind in ["room", "demo", "arena", "hall"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}");
    }
    assert!(past > 1_500 && to_come > 1_500, "{past} and {to_come}");
    let own = all(&user, "/users/{me}/bookings?status=all").await;
    assert!(
        own.iter().any(|booking| booking["status"] == "CANCELED")
            && own.iter().any(|booking| booking["notes"].is_string())
    );
    let orders = user.get("/orders").await.json(200)["orders"].as_array().unwrap().clone();
    assert!(orders.iter().any(|order| order["status"] == "ACKNOWLEDGED"), "{}", orders.len());
}

#[tokio::test]
async fn a_start_that_is_cut_off_is_taken_up_and_a_later_one_just_serves() {
    let machine = Machine::new(FRONTDESK);
    for message in ["loading the demo; this takes a moment", "wrote the passwords of the demo's users"] {
        let log = machine.path("cut.log");
        let mut command = machine.command(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
        let mut cut = command.stdout(File::create(&log).unwrap()).spawn().unwrap();
        poll::until(message, async || fs::read_to_string(&log).unwrap().contains(message).then_some(())).await;
        cut.kill().unwrap();
        cut.wait().unwrap();
    }
    let server = machine.serve(&["--demo"]).await;
    server.logged("the demo is loaded").await;
    let user = sign_in(&server, &machine, "asha.gurung@example.com").await;
    let own = all(&user, "/users/{me}/bookings?status=all").await.len();
    server.kill();
    let server = machine.serve(&["--demo"]).await;
    assert!(!server.log().iter().any(|line| line["message"] == "the demo is loaded"));
    let user = sign_in(&server, &machine, "asha.gurung@example.com").await;
    assert_eq!(all(&user, "/users/{me}/bookings?status=all").await.len(), own);
}

#[tokio::test]
async fn others_than_this_machine_are_not_served_the_demo() {
    let machine = Machine::new(FRONTDESK);
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let ran = machine.run(&["serve", "--demo", "--listen", address]).await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains("--demo") && ran.err.contains("127.0.0.1"), "{}", ran.err);
    }
    assert!(!machine.data().exists());
}

#[tokio::test]
async fn anothers_data_is_left_alone() {
    let machine = Machine::new(FRONTDESK);
    machine.serve(&[]).await.admin().await.location("mine").await;
    let ran = machine.run(&["serve", "--demo", "--listen", "127.0.0.1:0"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("not the demo's") && ran.err.contains("--data"), "{}", ran.err);
    let server = machine.serve(&[]).await;
    let admin = server.admin().await;
    assert_eq!(admin.get("/locations").await.json(200)["items"].as_array().unwrap().len(), 1);
}
