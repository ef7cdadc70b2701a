//! The templates of `infra` against the rules of those who made their form: SAM's, CloudFormation's, and what is known to be unsafe.

use crate::Outcome;
use crate::run::{command, finish, root};
use crate::tools;

const ALL: &str = "infra";
/// Templates that `sam` turns into what CloudFormation reads, and those that it reads as they are.
const SAM: &str = "infra/sam";
const PLAIN: &str = "infra/pipeline";

/// Installs the tools where they are missing, and checks every template.
pub(crate) fn check() -> Outcome {
    let programs = tools::infra()?;
    let mut templates = templates(SAM)?;
    for template in &templates {
        let mut validate = command(programs.join("sam"), &["validate", "--lint", "--template", template])?;
        // Rules differ by region; none is asked anything.
        finish(validate.env("AWS_DEFAULT_REGION", "us-east-1").env("SAM_CLI_TELEMETRY", "0"))?;
    }
    templates.extend(self::templates(PLAIN)?);
    let lint: Vec<&str> = templates.iter().map(String::as_str).collect();
    finish(&mut command(programs.join("cfn-lint"), &lint)?)?;
    // Findings that are passed over say why, in the template.
    let scan = ["--directory", ALL, "--framework", "cloudformation", "--compact", "--quiet", "--skip-download"];
    finish(&mut command(programs.join("checkov"), &scan)?)
}

fn templates(directory: &str) -> Outcome<Vec<String>> {
    let failed = |error: std::io::Error| format!("{directory}: {error}");
    let mut templates = Vec::new();
    for entry in std::fs::read_dir(root().join(directory)).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".yaml") {
            templates.push(format!("{directory}/{name}"));
        }
    }
    templates.sort();
    Ok(templates)
}
