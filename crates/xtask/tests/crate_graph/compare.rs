//! Where the workspace and the allowed graph differ.

use std::collections::BTreeSet;

use crate::allowed::{Allowed, Graph};
use crate::workspace::Package;

/// One sentence for each difference. An allowed edge that nothing uses is none.
pub(crate) fn broken(graph: &Graph, packages: &[Package]) -> Vec<String> {
    let there: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let named = graph.iter().flat_map(|(name, allowed)| std::iter::once(name).chain(&allowed.ours));
    let gone: BTreeSet<&String> = named.filter(|name| !there.contains(name.as_str())).collect();
    let gone = gone.into_iter().map(|name| format!("`{name}` is in the file but not in the workspace"));
    gone.chain(packages.iter().flat_map(|package| of_package(graph, package))).collect()
}

fn of_package(graph: &Graph, package: &Package) -> Vec<String> {
    let name = &package.name;
    let Some(allowed) = graph.get(name) else {
        return vec![format!("`{name}` is in the workspace but not in the file")];
    };
    let ours = package.ours.iter().filter(|used| !allowed.ours.contains(used));
    let ours = ours.map(|used| format!("`{name}` must not use `{used}`, a crate of ours"));
    let others = package.others.iter().filter(|used| !may_use(allowed, used));
    let others = others.map(|used| format!("`{name}` must not use `{used}`"));
    ours.chain(others).collect()
}

fn may_use(allowed: &Allowed, used: &String) -> bool {
    let forbidden = allowed.forbidden.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => used.starts_with(prefix),
        None => used == pattern,
    });
    !forbidden && allowed.only.as_ref().is_none_or(|only| only.contains(used))
}

#[test]
fn every_difference_is_found() {
    let graph = crate::allowed::parse("a: b\na !: aws-sdk* axum\nb:\nb =: serde\nghost:\n");
    let package = |name: &str, ours: &[&str], others: &[&str]| Package {
        name: name.to_owned(),
        ours: ours.iter().map(|&name| name.to_owned()).collect(),
        others: others.iter().map(|&name| name.to_owned()).collect(),
    };
    let good = [package("a", &["b"], &["tokio"]), package("b", &[], &["serde"]), package("ghost", &[], &[])];
    assert_eq!(broken(&graph, &good), Vec::<String>::new());
    let bad = [package("a", &["b"], &["aws-sdk-s3", "axum"]), package("b", &["a"], &["tokio"]), package("c", &[], &[])];
    let expected = [
        "`ghost` is in the file but not in the workspace",
        "`a` must not use `aws-sdk-s3`",
        "`a` must not use `axum`",
        "`b` must not use `a`, a crate of ours",
        "`b` must not use `tokio`",
        "`c` is in the workspace but not in the file",
    ];
    assert_eq!(broken(&graph, &bad), expected);
}
