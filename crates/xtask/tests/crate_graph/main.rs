//! The crate graph: what `docs/crate-graph.txt` allows, compared with `cargo metadata`.

#[cfg(test)]
mod allowed;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod workspace;

#[test]
fn the_workspace_keeps_to_the_allowed_graph() {
    let allowed = allowed::parse(include_str!("../../../../docs/crate-graph.txt"));
    let broken = compare::broken(&allowed, &workspace::packages());
    assert!(broken.is_empty(), "docs/crate-graph.txt and the workspace differ:\n{}", broken.join("\n"));
}
