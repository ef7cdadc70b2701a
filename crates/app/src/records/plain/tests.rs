//! Plain values and DynamoDB's, there and back.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const LEVELS: usize = 40;

fn wire(plain: Value) -> Value {
    let mut wrong = Wrong::default();
    let value = to_wire(plain, &Place::payload(), LEVELS, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
    value
}

/// A part of a response as clients see it.
fn shown(part: Part, wire: &str) -> Result<Value, Unreadable> {
    let mut text = String::new();
    write(part, wire, &mut text).map(|()| serde_json::from_str(&text).unwrap())
}

fn to_plain(wire: &Value) -> Result<Value, Unreadable> {
    shown(Part::Value, &wire.to_string())
}

fn reported(plain: Value) -> String {
    let mut wrong = Wrong::default();
    to_wire(plain, &Place::payload().name("Item"), LEVELS, &mut wrong);
    wrong.text()
}

#[test]
fn every_kind_of_value_has_its_form() {
    let number = "12345678901234567890.123456789012345678";
    for (plain, wire_form) in [
        ("null", r#"{"NULL":true}"#.to_owned()),
        ("true", r#"{"BOOL":true}"#.to_owned()),
        (number, format!(r#"{{"N":"{number}"}}"#)),
        (r#""x""#, r#"{"S":"x"}"#.to_owned()),
        (r#"[1,"x"]"#, r#"{"L":[{"N":"1"},{"S":"x"}]}"#.to_owned()),
        (r#"{"a":{}}"#, r#"{"M":{"a":{"M":{}}}}"#.to_owned()),
        (r#"{"$binary":"aGk="}"#, r#"{"B":"aGk="}"#.to_owned()),
        (r#"{"$stringSet":["a","b"]}"#, r#"{"SS":["a","b"]}"#.to_owned()),
        (r#"{"$numberSet":[1,2.50]}"#, r#"{"NS":["1","2.50"]}"#.to_owned()),
        (r#"{"$binarySet":["aGk="]}"#, r#"{"BS":["aGk="]}"#.to_owned()),
        (r#"{"$$binary":"aGk="}"#, r#"{"M":{"$binary":{"S":"aGk="}}}"#.to_owned()),
        (r#"{"$$$numberSet":1}"#, r#"{"M":{"$$numberSet":{"N":"1"}}}"#.to_owned()),
        (r#"{"$binary":1,"b":2}"#, r#"{"M":{"$binary":{"N":"1"},"b":{"N":"2"}}}"#.to_owned()),
        (r#"{"binary":1}"#, r#"{"M":{"binary":{"N":"1"}}}"#.to_owned()),
        (r#"{"$other":1}"#, r#"{"M":{"$other":{"N":"1"}}}"#.to_owned()),
    ] {
        let plain: Value = serde_json::from_str(plain).unwrap();
        let made = wire(plain.clone());
        assert_eq!(made.to_string(), wire_form);
        assert_eq!(to_plain(&made), Ok(plain));
    }
}

#[test]
fn names_of_an_item_are_never_taken_for_a_form() {
    let Value::Object(item) = json!({"$binary": "aGk="}) else { panic!() };
    let made = attributes_to_wire(item.clone(), &Place::payload(), LEVELS, &mut Wrong::default());
    let made = Value::Object(made);
    assert_eq!(made, json!({"$binary": {"S": "aGk="}}));
    assert_eq!(shown(Part::Attributes, &made.to_string()), Ok(Value::Object(item)));
}

#[test]
fn what_is_no_form_is_reported_at_its_place() {
    for (plain, report) in [
        (json!({"a": {"$binary": 5}}), "Invalid type for parameter Item.a.$binary, value: 5, type: <class 'int'>"),
        (json!([{"$stringSet": "x"}]), "Invalid type for parameter Item[0].$stringSet, value: x, type: <class 'str'>"),
        (
            json!({"$numberSet": [1, "2"]}),
            "Invalid type for parameter Item.$numberSet[1], value: 2, type: <class 'str'>",
        ),
        (json!({"$binarySet": [null]}), "Invalid type for parameter Item.$binarySet[0], value: None"),
    ] {
        let text = reported(plain);
        assert!(text.starts_with(report), "{text}");
    }
}

#[test]
fn depth_is_bounded_both_ways() {
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let made = wire(nested(LEVELS));
    assert_eq!(to_plain(&made), Ok(nested(LEVELS)));
    let deep = (0..100).fold(made, |inner, _| json!({"L": [inner]}));
    assert_eq!(to_plain(&deep), Err(Unreadable));
    assert!(reported(nested(LEVELS + 1)).contains("too deep"));
}

#[test]
fn what_is_no_value_of_dynamodbs_is_unreadable() {
    for value in [
        json!(1),
        json!({}),
        json!({"N": 1}),
        json!({"N": "x"}),
        json!({"S": 1}),
        json!({"X": "x"}),
        json!({"L": {}}),
        json!({"M": []}),
        json!({"NS": "1"}),
        json!({"NS": [1]}),
        json!({"BOOL": "x"}),
        json!({"S": "x", "N": "1"}),
    ] {
        assert_eq!(to_plain(&value), Err(Unreadable), "{value}");
    }
    for text in ["", "{\"S\":\"x\"", "{\"S\":\"x\"} x", "{\"S\":x}"] {
        assert_eq!(shown(Part::Value, text), Err(Unreadable), "{text}");
    }
}

/// Texts are passed on as they are written, but a form is known however it is written.
#[test]
fn escapes_are_left_alone() {
    let text = |part, wire: &str| {
        let mut text = String::new();
        write(part, wire, &mut text).map(|()| text)
    };
    let wire = r#"{"M":{"\u00e9\n":{"S":"\u00e9\/\""},"b":{"SS":["\t"]}}}"#;
    let plain = r#"{"\u00e9\n":"\u00e9\/\"","b":{"$stringSet":["\t"]}}"#;
    assert_eq!(text(Part::Value, wire).as_deref(), Ok(plain));
    let written = text(Part::Value, r#"{"M":{"\u0024binary":{"S":"aGk="}}}"#);
    assert_eq!(written.as_deref(), Ok(r#"{"$\u0024binary":"aGk="}"#));
}

fn digits() -> impl Strategy<Value = String> {
    "-?[1-9][0-9]{0,20}(\\.[0-9]{1,17})?"
}

/// Names that come close to the forms.
fn name() -> impl Strategy<Value = String> {
    "(\\${0,3}(binary|stringSet|numberSet|binarySet|x))|[a-z$]{0,3}"
}

fn wire_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"NULL": true})),
        any::<bool>().prop_map(|truth| json!({"BOOL": truth})),
        digits().prop_map(|digits| json!({"N": digits})),
        ".{0,5}".prop_map(|text| json!({"S": text})),
        Just(json!({"B": "aGk="})),
        vec(".{0,3}", 0..3).prop_map(|texts| json!({"SS": texts})),
        vec(digits(), 0..3).prop_map(|numbers| json!({"NS": numbers})),
        vec("[A-Z]{4}", 0..3).prop_map(|texts| json!({"BS": texts})),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| json!({"L": items})),
            vec((name(), inner), 0..3).prop_map(|members| json!({"M": members.into_iter().collect::<Map<_, _>>()})),
        ]
    })
}

fn plain_value() -> impl Strategy<Value = Value> {
    let number = || digits().prop_map(|text| Value::Number(text.parse().unwrap()));
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        ".{0,5}".prop_map(Value::String),
        Just(json!({"$binary": "aGk="})),
        vec(".{0,3}", 0..3).prop_map(|texts| json!({"$stringSet": texts})),
        vec(number(), 0..3).prop_map(|numbers| json!({"$numberSet": numbers})),
        vec("[A-Z]{4}", 0..3).prop_map(|texts| json!({"$binarySet": texts})),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((name(), inner.clone()), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
            ("\\${2,4}(binary|numberSet)", inner).prop_map(|(name, value)| one(&name, value)),
        ]
    })
}

proptest! {
    #[test]
    fn dynamodbs_values_come_back_as_they_were(value in wire_value()) {
        prop_assert_eq!(wire(to_plain(&value).unwrap()), value);
    }

    #[test]
    fn plain_values_come_back_as_they_were(value in plain_value()) {
        let mut wrong = Wrong::default();
        let made = to_wire(value.clone(), &Place::payload(), LEVELS, &mut wrong);
        // A generated map may look like a form and be none; then it is refused.
        if wrong.is_empty() {
            prop_assert_eq!(to_plain(&made), Ok(value));
        }
    }
}
