//! A process that is killed at a stage of what it writes: a small library in front of the C library's `fsync`, `fdatasync` and `rename`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The stages: a file is written aside, synced, renamed; its directory is synced; then the database was.
pub const STAGES: [&str; 5] = ["written", "synced", "renamed", "placed", "moved"];

/// What kills a process at a stage of what it writes into a directory.
#[derive(Debug)]
pub struct KilledAt {
    library: PathBuf,
    directory: PathBuf,
    stage: PathBuf,
}

impl KilledAt {
    /// Builds the library, with the machine's C compiler, for what is written into `watched`; its files are put into `directory`.
    pub fn build(directory: &Path, watched: &Path) -> Self {
        let path = |name: &str| directory.join(name);
        let (source, library) = (path("killed_at.c"), path("killed_at.so"));
        fs::write(&source, include_str!("killed_at.c")).unwrap();
        let compiled =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).arg("-ldl").status();
        assert!(compiled.is_ok_and(|status| status.success()), "this test needs a C compiler named `cc`");
        fs::create_dir_all(watched).unwrap();
        // Open files are known by their real paths.
        Self { library, directory: watched.canonicalize().unwrap(), stage: path("killed-at") }
    }

    /// Puts the library in front of a program's own.
    pub fn load(&self, program: &mut Command) {
        program.env("LD_PRELOAD", &self.library).env("KILLED_AT", &self.stage);
        program.env("KILLED_AT_DIRECTORY", &self.directory);
    }

    /// From now on the process is killed when it comes to one of [`STAGES`].
    pub fn arm(&self, stage: &str) {
        let aside = self.stage.with_extension("new");
        fs::write(&aside, stage).unwrap();
        fs::rename(aside, &self.stage).unwrap();
    }

    /// From now on it is not killed any more.
    pub fn disarm(&self) {
        fs::remove_file(&self.stage).unwrap();
    }
}
