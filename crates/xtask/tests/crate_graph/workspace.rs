//! The workspace as cargo sees it.

use std::process::Command;

use serde_json::Value;

/// A crate of the workspace and what it depends on directly.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Crates of ours, tests' dependencies too. Itself not: that is how a crate's tests turn on a feature of it.
    pub(crate) ours: Vec<String>,
    /// Crates of others, without the tests' own.
    pub(crate) others: Vec<String>,
}

pub(crate) fn packages() -> Vec<Package> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path", manifest];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn package(package: &Value) -> Package {
    let mut found = Package { name: text(&package["name"]), ..Package::default() };
    for dependency in package["dependencies"].as_array().unwrap() {
        let name = text(&dependency["name"]);
        if !dependency["path"].is_null() {
            found.ours.extend((name != found.name).then_some(name));
        } else if dependency["kind"] != "dev" {
            found.others.push(name);
        }
    }
    found
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn dependencies_are_told_apart() {
    let packages = packages();
    let store = packages.iter().find(|package| package.name == "store").unwrap();
    assert_eq!(store.ours, ["domain"]);
    assert!(store.others.iter().any(|name| name == "rusqlite"), "{store:?}");
    assert!(!store.others.iter().any(|name| name == "tempfile"), "{store:?}");
}
