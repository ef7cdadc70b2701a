//! Relay and pipelines of several processes on one DynamoDB: one of them has the lease, and when it is gone another takes over.

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use testkit::{Machine, Server, User, poll};

use super::on_tables;
use crate::pipelines::archive::{compare, stored};
use crate::pipelines::archived;
use crate::server::FRONTDESK;

const ORDERS: u32 = 40;

async fn start(machine: &Machine, engine: &Dynoxide, archive: &str) -> Server {
    let serve = ["serve", "--store", "dynamodb", "--public-url", "http://desk.example.com", "--archive", archive];
    let rest = ["--archive-seconds", "1", "--archive-bytes", "20000"];
    let server = machine.launch(on_tables(machine, &[&serve[..], &rest].concat(), &engine.url())).await;
    server.ready().await;
    server
}

async fn orders(user: &User, server: &Server, part: &str) {
    let user = User { http: server.http.clone(), ..user.clone() };
    for number in 0..ORDERS {
        user.order(&format!("{part}-{number}")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_process_with_the_leases_is_killed_another_goes_on_and_nothing_is_lost() {
    let engine = Dynoxide::start().await;
    engine.store("", std::sync::Arc::new(SystemClock)).create_tables().await.unwrap();
    let (one, two) = (Machine::new(FRONTDESK), Machine::new(FRONTDESK));
    let archive = one.path("archive");
    let place = archive.to_str().unwrap();
    let first = start(&one, &engine, place).await;
    let second = start(&two, &engine, place).await;
    let user = first.user("ada").await;
    tokio::join!(orders(&user, &first, "one"), orders(&user, &second, "two"));
    first.logged("archived").await;
    first.kill();
    orders(&user, &second, "three").await;
    let list = async || {
        let command = on_tables(&two, &["events", "list", "--store", "dynamodb"], &engine.url());
        let ran = two.finish(command).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        stored(&ran.out)
    };
    let placed = usize::try_from(3 * ORDERS).unwrap();
    let listed = poll::until("all events in the log", async || {
        let listed = list().await;
        let orders = listed.iter().filter(|event| event.contains("\"type\":\"frontdesk.order.")).count();
        (orders >= placed).then_some(listed)
    })
    .await;
    let lines = poll::until("the archive", async || {
        let lines = archived(&archive);
        (lines.len() >= listed.len()).then_some(lines)
    })
    .await;
    compare(&lines, &listed);
}
