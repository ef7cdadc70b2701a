//! `--policies`: files that replace the policies built in.

use std::fs;

use testkit::{Caller, Machine};

use super::FRONTDESK;

const SCHEMA: &str = include_str!("../../../../identity/policies/schema.cedarschema");
const ADMINISTRATORS: &str = include_str!("../../../../identity/policies/administrators.cedar");
const OWNERS: &str = include_str!("../../../../identity/policies/owners.cedar");

#[tokio::test]
async fn a_directory_of_policies_decides_instead_of_those_built_in() {
    let machine = Machine::new(FRONTDESK);
    let directory = machine.path("policies");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("schema.cedarschema"), SCHEMA).unwrap();
    fs::write(directory.join("administrators.cedar"), ADMINISTRATORS).unwrap();
    fs::write(directory.join("owners.cedar"), OWNERS).unwrap();
    let server = machine.serve(&["--policies", directory.to_str().unwrap()]).await;
    let (admin, ada) = (server.admin().await, server.user("ada").await);
    admin.location("l").await;
    ada.get("/locations/l").await.problem(403, "forbidden");
    ada.get("/users/{me}").await.expect(200);
}

#[tokio::test]
async fn policies_that_cannot_be_read_stop_the_start_and_are_named() {
    let machine = Machine::new(FRONTDESK);
    let directory = machine.path("policies");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("schema.cedarschema"), SCHEMA).unwrap();
    for policy in
        ["permit (principal, action", "permit (principal, action == Frontdesk::Action::\"NoSuch\", resource);"]
    {
        fs::write(directory.join("wrong.cedar"), policy).unwrap();
        let ran = machine.run(&["serve", "--listen", "127.0.0.1:0", "--policies", directory.to_str().unwrap()]).await;
        let said = format!("{}{}", ran.out, ran.err);
        assert!(ran.code == Some(2) && said.contains("wrong.cedar"), "{ran:?}");
    }
    assert!(!machine.data().join("control.sock").exists());
}
