//! Tests of the old parameters.

use super::*;
use crate::records::{Attributes, Number, RecordsTable};

fn s(text: &str) -> Attribute {
    Attribute::S(text.to_owned())
}

fn n(text: &str) -> Attribute {
    Attribute::N(Number::parse(text).unwrap())
}

fn set(members: &[&str]) -> Attribute {
    Attribute::Ss(members.iter().map(|member| (*member).to_owned()).collect())
}

fn item() -> Attributes {
    [("id", s("a")), ("five", n("5")), ("ss", set(&["a", "b"])), ("l", Attribute::L(vec![n("1")]))]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

fn operator(operator: &str, list: &[Attribute]) -> LegacyCondition {
    LegacyCondition { operator: Some(operator.to_owned()), list: Some(list.to_vec()), ..LegacyCondition::default() }
}

fn one(name: &str, condition: LegacyCondition) -> BTreeMap<String, LegacyCondition> {
    [(name.to_owned(), condition)].into()
}

#[test]
fn every_operator_is_a_condition() {
    let cases = [
        ("five", operator("EQ", &[n("5.0")]), true),
        ("five", operator("NE", &[n("5")]), false),
        ("gone", operator("NE", &[n("5")]), true),
        ("five", operator("LE", &[n("5")]), true),
        ("five", operator("LT", &[n("5")]), false),
        ("five", operator("GE", &[n("6")]), false),
        ("five", operator("GT", &[n("4")]), true),
        ("five", operator("NOT_NULL", &[]), true),
        ("five", operator("NULL", &[]), false),
        ("gone", operator("NULL", &[]), true),
        ("ss", operator("CONTAINS", &[s("b")]), true),
        ("ss", operator("NOT_CONTAINS", &[s("b")]), false),
        ("five", operator("NOT_CONTAINS", &[s("b")]), true),
        ("gone", operator("NOT_CONTAINS", &[s("b")]), false),
        ("id", operator("BEGINS_WITH", &[s("a")]), true),
        ("five", operator("IN", &[n("4"), n("5")]), true),
        ("five", operator("BETWEEN", &[n("5"), n("6")]), true),
        ("gone", operator("BETWEEN", &[n("5"), n("6")]), false),
    ];
    for (name, condition, holds) in cases {
        let conditions = one(name, condition);
        for read in [expected(&conditions, None), scan_filter(&conditions, None)] {
            assert_eq!(read.unwrap().unwrap().holds(&item()), holds, "{conditions:?}");
        }
    }
}

#[test]
fn conditions_are_joined_by_the_conditional_operator() {
    let mut conditions = one("five", operator("EQ", &[n("5")]));
    conditions.extend(one("id", operator("EQ", &[s("b")])));
    let holds = |operator| expected(&conditions, operator).unwrap().unwrap().holds(&item());
    assert!(holds(Some("OR")) && !holds(Some("AND")) && !holds(None));
    assert_eq!(expected(&BTreeMap::new(), None), Ok(None));
    assert_eq!(scan_filter(&BTreeMap::new(), None), Ok(None));
}

#[test]
fn a_conditional_operator_joins_two_conditions_or_more() {
    let refused = |operator, conditions| conditional_operator(Some(operator), conditions).unwrap_err().message;
    assert_eq!(refused("AND", 0), "ConditionalOperator cannot be used without Filter or Expected");
    assert_eq!(
        refused("OR", 1),
        "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    );
    assert_eq!(refused("or", 2), "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
    assert_eq!(conditional_operator(None, 0), Ok(()));
    assert_eq!(conditional_operator(Some("OR"), 2), Ok(()));
}

#[test]
fn expected_may_name_a_value_or_that_there_is_none() {
    let holds = |name, value, exists| {
        let condition = LegacyCondition { value, exists, ..LegacyCondition::default() };
        expected(&one(name, condition), None).unwrap().unwrap().holds(&item())
    };
    assert!(holds("five", Some(n("5")), None) && holds("five", Some(n("5")), Some(true)));
    assert!(!holds("five", Some(n("6")), None) && !holds("gone", Some(n("6")), None));
    assert!(holds("gone", None, Some(false)) && !holds("five", None, Some(false)));
}

#[test]
fn an_expectation_that_makes_no_sense_is_refused() {
    let refused = |operator: Option<&str>, list: Option<&[Attribute]>, value, exists| {
        let condition =
            LegacyCondition { operator: operator.map(str::to_owned), list: list.map(<[_]>::to_vec), value, exists };
        expected(&one("a", condition), None).unwrap_err().message
    };
    let wrong = |what: &str| format!("One or more parameter values were invalid: {what}");
    let v = || Some(n("1"));
    for (message, what) in [
        (
            refused(Some("EQ"), None, v(), Some(true)),
            "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            refused(Some("EQ"), Some(&[n("1")]), v(), None),
            "Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            refused(None, Some(&[n("1")]), None, None),
            "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
        ),
        (refused(None, None, None, Some(true)), "Value must be provided when Exists is true for Attribute: a"),
        (refused(None, None, v(), Some(false)), "Value cannot be used when Exists is false for Attribute: a"),
        (refused(None, None, None, None), "Value must be provided when Exists is null for Attribute: a"),
        (
            refused(Some("EQ"), None, None, None),
            "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
        ),
        (
            refused(Some("IN"), Some(&[]), None, None),
            "Value or AttributeValueList must be used with ComparisonOperator: IN for Attribute: a",
        ),
        (refused(Some("EQ"), Some(&[]), None, None), "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (refused(Some("BETWEEN"), None, v(), None), "Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
        (refused(Some("NULL"), None, v(), None), "Invalid number of argument(s) for the NULL ComparisonOperator"),
        (refused(Some("eq"), None, v(), None), "Invalid comparison operator"),
        (
            refused(Some("IN"), Some(&[set(&["a"])]), None, None),
            "ComparisonOperator IN is not valid for SS AttributeValue type",
        ),
        (
            refused(Some("IN"), Some(&[n("1"), s("1")]), None, None),
            "AttributeValues inside AttributeValueList must be of same type",
        ),
    ] {
        assert_eq!(message, wrong(what));
    }
    assert_eq!(
        refused(Some("BETWEEN"), Some(&[n("2"), n("1")]), None, None),
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
    );
}

/// Both readings of a condition, which are checked alike.
fn refused_alike(operator: &str, list: &[Attribute]) -> String {
    let conditions = one("a", self::operator(operator, list));
    let message = expected(&conditions, None).unwrap_err().message;
    assert_eq!(scan_filter(&conditions, None).unwrap_err().message, message, "{conditions:?}");
    message
}

#[test]
fn an_operator_takes_values_of_fitting_kinds() {
    let (lists, sets) = (Attribute::L(vec![]), set(&["a"]));
    let map = Attribute::M(Attributes::new());
    let unordered = [Attribute::Bool(true), Attribute::Null, lists.clone(), map.clone(), sets.clone()];
    let mut cases = Vec::new();
    for operator in ["LE", "LT", "GE", "GT", "BETWEEN", "IN", "BEGINS_WITH"] {
        cases.extend(unordered.iter().map(|value| (operator, value.clone())));
    }
    for operator in ["CONTAINS", "NOT_CONTAINS"] {
        cases.extend([&lists, &map, &sets].map(|value| (operator, value.clone())));
    }
    cases.push(("BEGINS_WITH", n("1")));
    for (operator, value) in cases {
        let list = vec![value.clone(); if operator == "BETWEEN" { 2 } else { 1 }];
        let kind = kind(&value);
        assert_eq!(
            refused_alike(operator, &list),
            format!(
                "One or more parameter values were invalid: ComparisonOperator {operator} is not valid for {kind} AttributeValue type"
            )
        );
    }
    for operator in ["EQ", "NE"] {
        assert!(
            unordered.iter().all(|value| expected(
                &one("a", self::operator(operator, std::slice::from_ref(value))),
                None
            )
            .is_ok())
        );
    }
}

#[test]
fn values_of_an_operator_are_of_one_kind_and_in_order() {
    for (operator, list) in [("IN", vec![n("1"), s("1")]), ("BETWEEN", vec![s("a"), n("1")])] {
        assert_eq!(
            refused_alike(operator, &list),
            "One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type"
        );
    }
    assert_eq!(
        refused_alike("BETWEEN", &[n("10"), n("9")]),
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
    );
    let wrong_kind = refused_alike("BETWEEN", &[s("a"), Attribute::Bool(true)]);
    assert!(
        wrong_kind.ends_with("ComparisonOperator BETWEEN is not valid for BOOL AttributeValue type"),
        "{wrong_kind}"
    );
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    let refused = |condition| scan_filter(&one("a", condition), None).unwrap_err().message;
    let wrong = |what: &str| format!("One or more parameter values were invalid: {what}");
    for (message, what) in [
        (refused(operator("EQ", &[])), "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (refused(operator("IN", &[])), "Invalid number of argument(s) for the IN ComparisonOperator"),
        (refused(operator("FOO", &[])), "Invalid comparison operator"),
        (
            refused(operator("GT", &[Attribute::Bool(true)])),
            "ComparisonOperator GT is not valid for BOOL AttributeValue type",
        ),
        (
            refused(operator("BEGINS_WITH", &[n("1")])),
            "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        (
            refused(operator("CONTAINS", &[set(&["a"])])),
            "ComparisonOperator CONTAINS is not valid for SS AttributeValue type",
        ),
        (
            refused(operator("IN", &[n("1"), Attribute::Null])),
            "ComparisonOperator IN is not valid for NULL AttributeValue type",
        ),
    ] {
        assert_eq!(message, wrong(what));
    }
}

fn updates<const N: usize>(entries: [(&str, Option<&str>, Option<Attribute>); N]) -> BTreeMap<String, LegacyUpdate> {
    let entry = |(name, action, value): (&str, Option<&str>, Option<Attribute>)| {
        (name.to_owned(), LegacyUpdate { action: action.map(str::to_owned), value })
    };
    entries.map(entry).into()
}

#[test]
fn attribute_updates_change_whole_attributes() {
    let table: RecordsTable = "table:id".parse().unwrap();
    let update = attribute_updates(&updates([
        ("fresh", None, Some(s("x"))),
        ("five", Some("ADD"), Some(n("-6"))),
        ("l", Some("ADD"), Some(Attribute::L(vec![n("2")]))),
        ("ss", Some("DELETE"), Some(set(&["a"]))),
        ("gone", Some("DELETE"), None),
    ]))
    .unwrap();
    assert_eq!(update.charge(), None);
    let after = update.apply(&table, &item()).unwrap();
    let expected: Attributes = [
        ("id", s("a")),
        ("five", n("-1")),
        ("fresh", s("x")),
        ("l", Attribute::L(vec![n("1"), n("2")])),
        ("ss", set(&["b"])),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    assert_eq!(after, expected);
    assert_eq!(update.touched(&item()).into_keys().collect::<Vec<_>>(), ["five", "l", "ss"]);

    let mismatch = attribute_updates(&updates([("id2", None, Some(n("1"))), ("five", Some("ADD"), Some(set(&["a"])))]));
    assert_eq!(mismatch.unwrap().apply(&table, &item()).unwrap_err().message, "Type mismatch for attribute to update");
}

#[test]
fn attribute_updates_that_make_no_sense_are_refused() {
    let refused = |action, value| attribute_updates(&updates([("a", Some(action), value)])).unwrap_err().message;
    let wrong = |what: &str| format!("One or more parameter values were invalid: {what}");
    assert_eq!(refused("PUT", None), wrong("Only DELETE action is allowed when no attribute value is specified"));
    assert_eq!(refused("DELETE", Some(n("1"))), wrong("DELETE action with value is not supported for the type N"));
    assert_eq!(refused("ADD", Some(s("x"))), wrong("ADD action is not supported for the type S"));
    assert_eq!(
        update_actions(&updates([("a", Some("put"), None)])).unwrap_err().message,
        "Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action"
    );
    assert_eq!(update_actions(&updates([("a", None, None), ("b", Some("ADD"), None)])), Ok(()));
}

#[test]
fn attributes_to_get_are_named_once() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let got = attributes_to_get(&names(&["five", "a.b"])).unwrap().of(&item());
    assert_eq!(got.into_keys().collect::<Vec<_>>(), ["five"]);
    assert_eq!(
        attributes_to_get(&names(&["a", "b", "a"])).unwrap_err().message,
        "One or more parameter values were invalid: Duplicate value in attribute name: a"
    );
}

#[test]
fn in_has_at_most_100_values() {
    let within = |count: usize| one("five", operator("IN", &vec![n("5"); count]));
    assert!(scan_filter(&within(100), None).is_ok() && expected(&within(100), None).is_ok());
    for refused in [scan_filter(&within(101), None), expected(&within(101), None)] {
        let message = refused.unwrap_err().message;
        assert!(message.ends_with("Invalid number of argument(s) for the IN ComparisonOperator"), "{message}");
    }
}
