//! Finding one's way in templates.

use serde_json::Value;

/// The members of an object, in their order; none of anything else.
pub(super) fn members<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    value
        .pointer(pointer)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.as_str(), member))
}

/// The items of a list; none of anything else.
pub(super) fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text; an empty one of anything else.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The resources of that type.
pub(super) fn resources<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    members(template, "/Resources").filter(move |(_, resource)| text(resource, "/Type") == kind)
}

/// What `Fn::Sub` puts together.
pub(super) fn substituted(value: &Value) -> &str {
    text(value, "/Fn::Sub")
}

/// Every value in it, itself included.
pub(super) fn all(value: &Value) -> Vec<&Value> {
    let mut found = vec![value];
    for (_, member) in members(value, "") {
        found.extend(all(member));
    }
    for item in items(value, "") {
        found.extend(all(item));
    }
    found
}

/// A sentence about each name that only one side has.
pub(super) fn unequal<'a>(
    what: &str,
    code: impl IntoIterator<Item = &'a str>,
    templates: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let (code, templates): (Vec<&str>, Vec<&str>) = (code.into_iter().collect(), templates.into_iter().collect());
    let missing = code.iter().filter(|name| !templates.contains(name)).map(|name| format!("{what} {name} is missing"));
    let unknown = templates.iter().filter(|name| !code.contains(name));
    missing.chain(unknown.map(|name| format!("{what} {name} is nothing that the code knows"))).collect()
}
