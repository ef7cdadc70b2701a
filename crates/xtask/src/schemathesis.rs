//! The API against requests that schemathesis generates from the OpenAPI document: no answer may be a 5xx.

use crate::Outcome;
use crate::run::{build, command, finish, root, target};
use crate::server::Server;
use crate::tools;

/// Fixed, so that a failure comes again.
const SEED: &str = "1";
const EXAMPLES_PER_OPERATION: &str = "100";

/// Builds the server, starts it on an empty store, and runs schemathesis as the administrator.
pub(crate) fn build_and_run() -> Outcome {
    let schemathesis = tools::python()?.join("schemathesis");
    let mut server = Server::start(build()?, target()?.join("xtask/fuzz-api"))?;
    let authorization = format!("Authorization: {}", server.token()?);
    let document = format!("{}/openapi.json", server.url());
    let mut run = command(schemathesis, &["run", &document, "--header", &authorization])?;
    // It leaves notes of its own in the current directory.
    run.current_dir(server.directory())
        .env("SCHEMATHESIS_HOOKS", root().join("crates/xtask/schemathesis_hooks.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args(["--checks", "not_a_server_error"])
        // These answer for as long as somebody listens.
        .args(["--exclude-path", "/events", "--exclude-path", "/ws"])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--max-examples", EXAMPLES_PER_OPERATION, "--seed", SEED])
        .args(["--generation-database", "none", "--continue-on-failure", "--warnings", "off"])
        .args(["--request-timeout", "30", "--no-color"]);
    finish(&mut run).map_err(|message| format!("{message}; the server's log: {}", server.log().display()))?;
    server.check_alive()
}
