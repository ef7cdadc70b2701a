//! A disk that does not finish writing until it is let: a small library in front of the C library's `fsync` and `fdatasync`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::poll;

/// A disk that does not finish writing until it is let.
#[derive(Debug)]
pub struct HeldSync {
    library: PathBuf,
    held: PathBuf,
    pending: PathBuf,
}

impl HeldSync {
    /// Builds the library in a directory, with the machine's C compiler.
    pub fn build(directory: &Path) -> Self {
        let path = |name: &str| directory.join(name);
        let (source, library) = (path("held_sync.c"), path("held_sync.so"));
        fs::write(&source, include_str!("held_sync.c")).unwrap();
        let compiled =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).arg("-ldl").status();
        assert!(compiled.is_ok_and(|status| status.success()), "this test needs a C compiler named `cc`");
        Self { library, held: path("sync-held"), pending: path("sync-pending") }
    }

    /// Puts the library in front of a program's own.
    pub fn load(&self, program: &mut Command) {
        program.env("LD_PRELOAD", &self.library).env("HELD_SYNC", &self.held).env("HELD_SYNC_PENDING", &self.pending);
    }

    /// From now on writing to the disk waits.
    pub fn hold(&self) {
        File::create(&self.held).unwrap();
    }

    /// Waits until something waits for the disk.
    pub async fn pending(&self) {
        poll::until("a sync", async || self.pending.exists().then_some(())).await;
    }

    /// Lets everything pass.
    pub fn release(&self) {
        fs::remove_file(&self.held).unwrap();
    }
}
