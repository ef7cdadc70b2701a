//! The Python tools of the tests, in a virtual environment under the target directory.

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

fn environment() -> Outcome<PathBuf> {
    Ok(target()?.join("tools/venv"))
}
