//! `backup` and `restore`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use testkit::{Caller, HOUR, Machine, NINE, poll};

use super::FRONTDESK;

const FIXED: [&str; 2] = ["--public-url", "http://desk.example.com"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_server_holds_what_was_acknowledged_before_it() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&FIXED).await;
    let admin = server.admin().await;
    admin.resource("l", "r", 1).await;
    let ada = server.user("ada").await;
    for hour in 0..20 {
        ada.book(&format!("b{hour}"), "r", NINE + hour * HOUR, 60).await.expect(201);
    }
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let load = {
        let (ada, stop, written) = (ada.clone(), Arc::clone(&stop), Arc::clone(&written));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                ada.order(&format!("o{}", written.fetch_add(1, Ordering::Relaxed))).await.expect(200);
            }
        })
    };
    poll::until("load", async || (written.load(Ordering::Relaxed) > 20).then_some(())).await;
    let file = machine.path("copy.db");
    let name = file.to_str().unwrap();
    let ran = machine.run(&["backup", name]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    stop.store(true, Ordering::Relaxed);
    load.await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = machine.run(&["backup", name]).await;
    assert!(again.code != Some(0) && again.err.contains("exists"), "{again:?}");
    let refused = machine.run(&["restore", name]).await;
    assert!(refused.code != Some(0) && refused.err.contains("in use"), "{refused:?}");
    admin.get("/locations/l").await.expect(200);

    let other = Machine::new(FRONTDESK);
    let ran = other.run(&["restore", name]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let restored = other.serve(&FIXED).await;
    let anonymous = restored.anonymous();
    let bookings = anonymous.get(&ada.path("/bookings")).authorization(&ada.tokens.id).await.array();
    assert_eq!(bookings, ada.get("/users/{me}/bookings").await.array());
    let ada = restored.cognito().signed_in(ada.sub.clone(), &ada.email, &ada.password).await;
    assert!(ada.get("/orders").await.json(200)["orders"].as_array().unwrap().len() >= 20);
    ada.book("x", "r", NINE, 60).await.problem(409, "capacity");
}

#[tokio::test]
async fn restoring_keeps_the_present_database_aside() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&FIXED).await;
    let admin = server.admin().await;
    admin.location("before").await;
    let file = machine.path("copy.db");
    assert_eq!(machine.run(&["backup", file.to_str().unwrap()]).await.code, Some(0));
    admin.location("after").await;
    server.kill();
    let ran = machine.run(&["restore", file.to_str().unwrap()]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("frontdesk.db."), "it says where the old one is: {}", ran.out);
    let server = machine.serve(&FIXED).await;
    let admin = server.admin().await;
    admin.get("/locations/before").await.expect(200);
    admin.get("/locations/after").await.problem(404, "not-found");
}

#[tokio::test]
async fn what_is_no_backup_is_not_restored() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&FIXED).await;
    server.admin().await.location("l").await;
    server.terminate();
    assert!(server.ended().await.success());
    let before = fs::read(machine.data().join("frontdesk.db")).unwrap();
    let whole = machine.path("whole.db");
    assert_eq!(machine.run(&["backup", whole.to_str().unwrap()]).await.code, Some(0), "also while no server runs");
    let whole = fs::read(&whole).unwrap();
    let mut damaged = whole.clone();
    damaged[4_096..20_000].fill(0x5a);
    for (name, content) in [
        ("empty", Some(Vec::new())),
        ("letter", Some(b"a letter ".repeat(1_000))),
        ("cut", Some(whole[..whole.len() / 2].to_vec())),
        ("damaged", Some(damaged)),
        ("missing", None),
    ] {
        let file = machine.path(name);
        content.iter().for_each(|content| fs::write(&file, content).unwrap());
        let ran = machine.run(&["restore", file.to_str().unwrap()]).await;
        assert!(ran.code.is_some_and(|code| code != 0) && ran.err.contains(name), "{name}: {ran:?}");
        assert!(fs::read(machine.data().join("frontdesk.db")).unwrap() == before, "{name}");
    }
    let server = machine.serve(&FIXED).await;
    server.admin().await.get("/locations/l").await.expect(200);
}
