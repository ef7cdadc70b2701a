//! The templates of `infra/sam` against the code: what the code needs of AWS (`frontdesk aws manifest`) is there, and nothing else is.
//! Each comparison is also made with a template that was changed by hand, which must be noticed.

mod changed;
mod names;
mod permissions;
mod roles;
mod routes;
mod tables;
mod telemetry;
mod wiring;
mod yaml;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::server::FRONTDESK;

/// What is compared.
#[derive(Clone, Debug)]
struct Templates {
    root: Value,
    data: Value,
    identity: Value,
    api: Value,
    functions: Value,
    events: Value,
    fargate: Value,
    observability: Value,
    /// The OpenAPI document that `api` includes.
    document: Value,
}

impl Templates {
    fn read() -> Self {
        let template = |name: &str| yaml::parse(&read(&format!("{name}.yaml")));
        Self {
            root: template("template"),
            data: template("data"),
            identity: template("identity"),
            api: template("api"),
            functions: template("functions"),
            events: template("events"),
            fargate: template("fargate"),
            observability: template("observability"),
            document: serde_json::from_str(&read("openapi.json")).unwrap(),
        }
    }

    /// Every template of one concern, by the name of its file.
    fn nested(&self) -> [(&'static str, &Value); 7] {
        [
            ("data", &self.data),
            ("identity", &self.identity),
            ("api", &self.api),
            ("functions", &self.functions),
            ("events", &self.events),
            ("fargate", &self.fargate),
            ("observability", &self.observability),
        ]
    }
}

fn read(file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/sam").join(file);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What the code needs.
fn manifest() -> Value {
    let output = Command::new(FRONTDESK).args(["aws", "manifest"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// In what they differ, each difference a sentence.
fn differences(manifest: &Value, templates: &Templates) -> Vec<String> {
    let comparisons =
        [tables::compare, routes::compare, roles::compare, telemetry::compare, permissions::compare, wiring::compare];
    comparisons.iter().flat_map(|compare| compare(manifest, templates)).collect()
}

#[test]
fn the_templates_are_what_the_code_needs() {
    let found = differences(&manifest(), &Templates::read());
    assert!(found.is_empty(), "the templates differ from the code:\n{}", found.join("\n"));
}
