//! The archive in S3: moto's, which `cargo xtask tools` installs.

use std::process::Command;

use testkit::{Bucket, Fault, Machine, Proxy, Server, User, free_port, poll};

use super::archive::compare;
use super::{listed, orders, unpacked};
use crate::server::FRONTDESK;

const PREFIX: &str = "desk/one";

/// The command line of a server that archives in S3 at that URL, and whose settings of AWS's are those alone.
fn command(machine: &Machine, url: &str) -> Command {
    let archive = format!("s3://{}/{PREFIX}", Bucket::NAME);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://desk.example.com", "--archive", &archive];
    let mut command = machine.command(&[&serve[..], &["--archive-seconds", "1", "--archive-bytes", "20000"]].concat());
    for name in ["AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ALLOW_HTTP"] {
        command.env_remove(name);
    }
    command.env("AWS_REGION", "us-east-1").env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    command.env("AWS_ENDPOINT_URL_S3", url);
    command
}

async fn start(machine: &Machine, url: &str) -> Server {
    let server = machine.launch(command(machine, url)).await;
    server.ready().await;
    server
}

/// The lines of the archive, by the names of its objects.
async fn archived(bucket: &Bucket) -> Vec<String> {
    let mut lines = Vec::new();
    for key in bucket.keys(&format!("{PREFIX}/")).await {
        assert!(key.ends_with(".ndjson.gz"), "{key}");
        lines.extend(unpacked(&bucket.object(&key).await));
    }
    lines
}

/// The archive, once it has as many lines as the store has events; what is in it is what the store has.
async fn whole(machine: &Machine, bucket: &Bucket) -> Vec<String> {
    let store = listed(machine).await;
    let archive = poll::until("the archive", async || {
        let archive = archived(bucket).await;
        (archive.len() >= store.len()).then_some(archive)
    })
    .await;
    compare(&archive, &store);
    archive
}

#[tokio::test]
async fn the_bucket_has_every_event_line_by_line() {
    let bucket = Bucket::start().await;
    bucket.create().await;
    let machine = Machine::new(FRONTDESK);
    let server = start(&machine, &bucket.url()).await;
    server.logged("events are archived").await;
    let user = server.user("ada").await;
    orders(&server, &user, "o", 200).await;
    let archive = whole(&machine, &bucket).await;
    assert_eq!(archive, listed(&machine).await, "each once, in the order of the log");
    assert!(bucket.keys(&format!("{PREFIX}/")).await.len() > 1, "in several objects");
    assert_eq!(bucket.keys("").await, bucket.keys(&format!("{PREFIX}/")).await, "nothing beside the prefix");
}

#[tokio::test]
async fn a_bucket_that_is_not_there_at_the_start_is_an_error_that_says_what_to_do() {
    let bucket = Bucket::start().await;
    let machine = Machine::new(FRONTDESK);
    let ran = machine.finish(command(&machine, &bucket.url())).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for part in [&format!("s3://{}/{PREFIX}", Bucket::NAME), "there is no such bucket; create it", "NoSuchBucket"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("<?xml"), "{}", ran.err);
    assert!(!machine.data().join("frontdesk.db").exists());
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_an_error() {
    let machine = Machine::new(FRONTDESK);
    for wrong in ["localhost:9000", "nowhere", "ftp://localhost"] {
        let ran = machine.finish(command(&machine, wrong)).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("AWS_ENDPOINT_URL_S3") && ran.err.contains("https://"), "{}", ran.err);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_at_the_start_holds_nobody_up_and_gets_everything_later() {
    let machine = Machine::new(FRONTDESK);
    let port = free_port();
    let server = start(&machine, &format!("http://127.0.0.1:{port}")).await;
    let warning = server.logged("the archive cannot be reached for the moment; events wait for it").await;
    assert!(warning["reason"].as_str().unwrap().to_lowercase().contains("connect"), "{warning}");
    let user = server.user("ada").await;
    orders(&server, &user, "o", 50).await;
    server.logged("a pipeline has to try again").await;
    let bucket = Bucket::start_at(port).await;
    bucket.create().await;
    whole(&machine, &bucket).await;
}

#[tokio::test]
async fn an_endpoint_that_goes_away_and_a_bucket_that_does_are_waited_for() {
    let bucket = Bucket::start().await;
    bucket.create().await;
    let proxy = Proxy::start(bucket.url(), 1, 0).await;
    let machine = Machine::new(FRONTDESK);
    let server = start(&machine, &proxy.url()).await;
    let user = server.user("ada").await;
    orders(&server, &user, "before", 20).await;
    whole(&machine, &bucket).await;
    for fault in [Fault::DropBefore, Fault::DropAfter, Fault::ErrorBefore, Fault::ErrorAfter] {
        let (failures, part) = (failures(&server), format!("{fault:?}"));
        proxy.meet("", fault);
        orders(&server, &user, &part, 20).await;
        poll::until("a failure", async || (self::failures(&server) > failures).then_some(())).await;
        proxy.relent();
        whole(&machine, &bucket).await;
    }
    let before = listed(&machine).await.len();
    bucket.remove().await;
    orders(&server, &user, "after", 20).await;
    let is_gone = |reason: &str| reason.contains("NoSuchBucket");
    server.log_line(|line| line["reason"].as_str().is_some_and(is_gone)).await;
    bucket.create().await;
    let new = listed(&machine).await[before..].to_vec();
    let archive = poll::until("what is new", async || {
        let archive = archived(&bucket).await;
        (archive.len() >= new.len()).then_some(archive)
    })
    .await;
    assert_eq!(archive, new);
}

/// How often the pipeline had to try again.
fn failures(server: &Server) -> usize {
    server.log().iter().filter(|line| line["message"] == "a pipeline has to try again").count()
}

#[tokio::test]
async fn each_event_is_there_whether_the_server_is_killed_before_or_after_an_object_is_put() {
    let bucket = Bucket::start().await;
    bucket.create().await;
    let proxy = Proxy::start(bucket.url(), 1, 0).await;
    let machine = Machine::new(FRONTDESK);
    let mut server = start(&machine, &proxy.url()).await;
    let user: User = server.user("ada").await;
    for fault in [Fault::DropBefore, Fault::DropAfter] {
        whole(&machine, &bucket).await;
        let met = || proxy.counts().0.iter().find(|(met, _)| *met == fault).map_or(0, |(_, count)| *count);
        let before = met();
        proxy.meet("PUT", fault);
        orders(&server, &user, &format!("{fault:?}"), 20).await;
        poll::until("a put", async || (met() > before).then_some(())).await;
        server.kill();
        proxy.relent();
        server = start(&machine, &proxy.url()).await;
        let archive = whole(&machine, &bucket).await;
        // After a put whose answer never came, the object is recognised: no event is there twice.
        assert_eq!(archive, listed(&machine).await, "{fault:?}");
    }
}
