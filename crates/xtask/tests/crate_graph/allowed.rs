//! The file of allowed edges.

use std::collections::BTreeMap;

/// What one crate may use.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Allowed {
    /// Crates of ours.
    pub(crate) ours: Vec<String>,
    /// Crates of others that are forbidden; a trailing `*` matches a prefix.
    pub(crate) forbidden: Vec<String>,
    /// Where present, the only crates of others.
    pub(crate) only: Option<Vec<String>>,
}

/// By the crate's name.
pub(crate) type Graph = BTreeMap<String, Allowed>;

pub(crate) fn parse(text: &str) -> Graph {
    let mut graph = Graph::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (head, names) = line.split_once(':').unwrap_or_else(|| panic!("no colon in `{line}`"));
        let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
        let (name, kind) = head.split_once(' ').unwrap_or((head, ""));
        let allowed = graph.entry(name.to_owned()).or_default();
        match kind {
            "" => allowed.ours = names,
            "!" => allowed.forbidden = names,
            "=" => allowed.only = Some(names),
            other => panic!("`{other}` is no kind of line"),
        }
    }
    graph
}

#[test]
fn lines_are_read() {
    let graph = parse("# a\n\na: b c\na !: x*\nb =:\n");
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(graph["a"], Allowed { ours: names(&["b", "c"]), forbidden: names(&["x*"]), only: None });
    assert_eq!(graph["b"], Allowed { only: Some(Vec::new()), ..Allowed::default() });
}
