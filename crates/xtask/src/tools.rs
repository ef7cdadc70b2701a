//! The tools of the tests, under the target directory: Python ones in a virtual environment, and an engine that speaks DynamoDB's
//! protocol.

use std::fs;
use std::path::PathBuf;

use crate::Outcome;
use crate::run::{command, finish, target};

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// The directory of the virtual environment's programs, whether it is there or not.
pub(crate) fn programs() -> Outcome<PathBuf> {
    Ok(environment()?.join("bin"))
}

/// Installs the tools unless the same versions are there already, and returns the directory of their programs.
pub(crate) fn python() -> Outcome<PathBuf> {
    let environment = environment()?;
    let installed = environment.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        return programs();
    }
    println!("installing the Python tools into {}", environment.display());
    finish(command("python3", &["-m", "venv", "--clear"])?.arg(&environment))?;
    let pip = programs()?.join("pip");
    finish(&mut command(pip, &["install", "--quiet", "--requirement", "crates/xtask/requirements.txt"])?)?;
    fs::write(&installed, REQUIREMENTS).map_err(|error| format!("{}: {error}", installed.display()))?;
    programs()
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

fn environment() -> Outcome<PathBuf> {
    Ok(target()?.join("tools/venv"))
}
