//! What the README repeats from the code.

#[cfg(test)]
use std::collections::BTreeSet;

/// Every limit of `domain::limits` with its value, which is written as a product of whole numbers.
#[cfg(test)]
fn limits() -> Vec<(&'static str, i64)> {
    let source = include_str!("../../domain/src/limits.rs");
    let constants = source.lines().filter_map(|line| line.strip_prefix("pub const "));
    constants
        .map(|constant| {
            let (name, rest) = constant.split_once(": ").unwrap();
            let (_, value) = rest.trim_end_matches(';').split_once(" = ").unwrap();
            (name, value.split(" * ").map(|factor| factor.replace('_', "").parse::<i64>().unwrap()).product())
        })
        .collect()
}

#[cfg(test)]
fn with_separators(number: i64) -> String {
    let digits = number.to_string();
    let separated = digits.bytes().enumerate().flat_map(|(at, digit)| {
        let separator = at > 0 && (digits.len() - at).is_multiple_of(3);
        separator.then_some(',').into_iter().chain(std::iter::once(char::from(digit)))
    });
    separated.collect()
}

/// The variables between quotes behind `env = ` in the binary's configuration.
#[cfg(test)]
fn variables() -> BTreeSet<&'static str> {
    let sources = [
        include_str!("../../frontdesk/src/config/mod.rs"),
        include_str!("../../frontdesk/src/config/events.rs"),
        include_str!("../../frontdesk/src/config/issuer.rs"),
        include_str!("../../frontdesk/src/config/records.rs"),
    ];
    let settings = sources.into_iter().flat_map(|source| source.split("env = \"").skip(1));
    settings.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_table_of_settings_is_the_codes() {
    let rows = include_str!("../../../README.md").lines().filter(|line| line.starts_with("| `--"));
    let listed: BTreeSet<&str> = rows.map(|row| row.split('`').nth(3).unwrap()).collect();
    assert_eq!(listed, variables());
}

#[test]
fn the_table_of_limits_is_the_codes() {
    let readme = include_str!("../../../README.md");
    let limits = limits();
    assert!(limits.len() > 20, "limits.rs was not understood: {limits:?}");
    for (name, value) in limits {
        let value = with_separators(value);
        let row = readme.lines().find(|line| line.ends_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("README.md does not list `{name}` ({value})"));
        let cell = row.split('|').nth(2).unwrap().trim();
        assert_eq!(cell.split(' ').next(), Some(value.as_str()), "{row}");
    }
}
