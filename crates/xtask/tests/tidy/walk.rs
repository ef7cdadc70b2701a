//! The repository's text files.

use std::fs;
use std::path::{Path, PathBuf};

const SKIPPED: [&str; 8] =
    [".git", "target", "data", "frontdesk-data", "node_modules", "proptest-regressions", "Cargo.lock", ".venv"];

/// A text file.
pub(crate) struct File {
    /// Its path from the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every text file, in the order of their paths.
pub(crate) fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut waiting = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if SKIPPED.iter().any(|skipped| path.ends_with(skipped)) {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.extend(read(root, &path));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn read(root: &Path, path: &PathBuf) -> Option<File> {
    // A file that is gone by now or is not text has nothing to check.
    let text = fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    Some(File { path, text })
}
