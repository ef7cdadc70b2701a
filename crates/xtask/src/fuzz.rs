//! Fuzzing what reads arbitrary text: the targets of `fuzz/`, each with its seeds.

use std::fs;

use crate::Outcome;
use crate::run::{cargo, has_cargo, root, target};

/// The targets, and whether they have a dictionary.
const TARGETS: [(&str, bool); 2] = [("expressions", true), ("numbers", false)];

/// Runs each target that many times. What it finds is kept under the target directory: texts to start from the next time, and the
/// text that made it fail.
pub(crate) fn all(runs: &str) -> Outcome {
    if !has_cargo("fuzz") {
        let install = "`cargo install --locked cargo-fuzz` and `rustup toolchain install nightly`";
        return Err(format!("cargo-fuzz is not installed: {install}"));
    }
    TARGETS.into_iter().try_for_each(|(name, has_words)| one(name, has_words, runs))
}

fn one(name: &str, has_words: bool, runs: &str) -> Outcome {
    let directory = target()?.join("fuzz");
    let corpus = directory.join("corpus").join(name);
    fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    let (built, corpus) = (directory.display().to_string(), corpus.display().to_string());
    let seeds = format!("fuzz/seeds/{name}");
    let words = format!("-dict={}", root().join(format!("fuzz/{name}.dict")).display());
    let (runs, failed) = (format!("-runs={runs}"), format!("-artifact_prefix={built}/{name}-"));
    // The code is safe Rust: there is nothing for a sanitizer to find.
    let mut arguments = vec!["+nightly", "fuzz", "run", "--sanitizer", "none", "--target-dir", &built, name];
    arguments.extend([
        corpus.as_str(),
        &seeds,
        "--",
        &runs,
        &failed,
        "-max_len=4200",
        "-timeout=5",
        "-print_final_stats=1",
    ]);
    arguments.extend(has_words.then_some(words.as_str()));
    cargo(&arguments)
}
