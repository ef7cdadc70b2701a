//! Running other programs from the repository's root.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// The directory that cargo builds into, which is the one that this program was built into.
pub(crate) fn target() -> Outcome<PathBuf> {
    let program = std::env::current_exe().map_err(|error| format!("this program's own path: {error}"))?;
    let target = program.ancestors().nth(2).ok_or("this program does not lie in a target directory")?;
    Ok(target.to_owned())
}

/// A command in the repository's root, with the Python tools of the tests on its `PATH` where they are installed.
pub(crate) fn command(program: impl AsRef<Path>, arguments: &[&str]) -> Outcome<Command> {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).current_dir(root()).env("PATH", path()?);
    Ok(command)
}

/// Builds the product's binary, and returns its path. The selection is that of the tests, so that nothing is built twice.
pub(crate) fn build() -> Outcome<PathBuf> {
    cargo(&["build", "--workspace", "--all-targets", "--quiet"])?;
    Ok(target()?.join("debug/frontdesk"))
}

/// Runs a cargo command to its end.
pub(crate) fn cargo(arguments: &[&str]) -> Outcome {
    finish(&mut command("cargo", arguments)?)
}

/// Runs a command to its end; a failure names it.
pub(crate) fn finish(command: &mut Command) -> Outcome {
    let line = line(command);
    let status = command.status().map_err(|error| format!("`{line}` does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}

/// Runs a command to its end and returns what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let line = line(command);
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| format!("`{line}` does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{line}` failed ({})", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{line}` wrote something that is not UTF-8"))
}

/// Whether cargo has the subcommand.
pub(crate) fn has_cargo(subcommand: &str) -> bool {
    let probe =
        Command::new("cargo").args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

/// The program and its subcommand: enough to recognise a command by, and free of secrets.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let first = command.get_args().next().unwrap_or_default();
    format!("{} {}", program.display(), first.display())
}

#[expect(clippy::disallowed_methods, reason = "PATH is extended for the programs that are run")]
fn path() -> Outcome<OsString> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let tools = crate::tools::programs()?;
    let all = std::iter::once(tools).chain(std::env::split_paths(&inherited));
    std::env::join_paths(all).map_err(|error| format!("PATH: {error}"))
}
