//! The data directory of a server on DynamoDB: for one server at a time, and commands that come later work on the same data.

use std::fs;

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use std::sync::Arc;
use testkit::Machine;

use super::on_tables;
use crate::server::FRONTDESK;

const SERVE: [&str; 5] = ["serve", "--store", "dynamodb", "--listen", "127.0.0.1:0"];

#[tokio::test]
async fn a_command_without_the_servers_settings_does_not_work_on_other_data() {
    let (machine, engine) = (Machine::new(FRONTDESK), Dynoxide::start().await);
    engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
    let url = engine.url();
    let server = machine.launch(on_tables(&machine, &SERVE, &url)).await;
    server.ready().await;
    server.user("ada").await;
    let list = ["user", "list"];
    let ran = machine.finish(on_tables(&machine, &list, &url)).await;
    assert!(ran.code == Some(0) && ran.out.contains("ada@example.com"), "the server does it: {ran:?}");
    drop(server);

    let ran = machine.finish(on_tables(&machine, &list, &url)).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("was last served with --store dynamodb, not with --store embedded"), "{ran:?}");
    let erase = ["user", "erase", "ada@example.com", "--yes"];
    assert_eq!(machine.finish(on_tables(&machine, &erase, &url)).await.code, Some(2));
    assert!(!machine.data().join("frontdesk.db").exists(), "nothing was made");
    let prefix = ["user", "list", "--store", "dynamodb", "--table-prefix", "other-"];
    let ran = machine.finish(on_tables(&machine, &prefix, &url)).await;
    assert!(ran.code == Some(2) && ran.err.contains("--table-prefix other-"), "{ran:?}");
    let ran = machine.finish(on_tables(&machine, &[&list[..], &["--store", "dynamodb"]].concat(), &url)).await;
    assert!(ran.code == Some(0) && ran.out.contains("ada@example.com"), "{ran:?}");
}

#[tokio::test]
async fn a_directory_is_for_one_server_at_a_time() {
    let (machine, engine) = (Machine::new(FRONTDESK), Dynoxide::start().await);
    engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
    let server = machine.launch(on_tables(&machine, &SERVE, &engine.url())).await;
    server.ready().await;
    let ran = machine.finish(on_tables(&machine, &SERVE, &engine.url())).await;
    assert!(ran.code == Some(1) && format!("{}{}", ran.out, ran.err).contains("is in use by another"), "{ran:?}");
    assert!(fs::exists(machine.data().join("control.sock")).unwrap());
    let ran = machine.run(&["user", "list"]).await;
    assert!(ran.code == Some(0) && ran.out.contains("admin@example.com"), "the first one still answers: {ran:?}");
}
