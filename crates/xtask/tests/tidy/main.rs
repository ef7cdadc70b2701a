//! The house rules as a test: every broken rule is named with its file and line.

#[cfg(test)]
mod lexer;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod size;
#[cfg(test)]
mod walk;

#[test]
fn the_repository_keeps_the_house_rules() {
    let broken: Vec<String> = walk::files().iter().flat_map(|file| rules::check(&file.path, &file.text)).collect();
    assert!(broken.is_empty(), "{} rules are broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn the_walk_sees_the_repository() {
    let files = walk::files();
    for path in ["Cargo.toml", "README.md", ".ci/run", "crates/domain/src/lib.rs", "crates/xtask/tests/tidy/main.rs"] {
        assert!(files.iter().any(|file| file.path == path), "{path} was not visited");
    }
    assert!(!files.iter().any(|file| file.path.starts_with("target/")), "build output was visited");
}
