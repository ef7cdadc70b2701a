//! The generated files that are checked in. Tests fail when they differ from the code.

use std::fs;

use crate::Outcome;
use crate::run::{command, output, root};

/// Writes the OpenAPI document, as it is and as API Gateway reads it, the Postman collection and the GraphQL schema.
pub(crate) fn openapi() -> Outcome {
    write("docs/openapi.json", &["openapi"])?;
    write("docs/postman.json", &["openapi", "--postman"])?;
    write("docs/schema.graphql", &["openapi", "--graphql"])?;
    write("infra/sam/openapi.json", &["openapi", "--aws"])
}

fn write(file: &str, arguments: &[&str]) -> Outcome {
    let cargo = ["run", "--quiet", "--package", "frontdesk", "--"];
    let text = output(&mut command("cargo", &[&cargo, arguments].concat())?)?;
    fs::write(root().join(file), text).map_err(|error| format!("{file}: {error}"))?;
    println!("wrote {file}");
    Ok(())
}
