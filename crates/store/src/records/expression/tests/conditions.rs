//! What conditions hold of an item.

use super::*;

/// Asserts of every condition whether it holds.
fn holds(values: &[(&str, Attribute)], expected: bool, texts: &[&str]) {
    for text in texts {
        let condition = condition(text, values).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(condition.holds(&item()), expected, "{text}");
    }
}

#[test]
fn comparators_compare_values_of_one_kind() {
    let values = [(":4", n("4")), (":5", n("5.0")), (":6", n("6")), (":a", s("a")), (":b", s("b"))];
    holds(&values, true, &["five > :4", "five >= :5", "five <= :5", "five = :5", "five <> :4", "id < :b", "five < :6"]);
    holds(&values, false, &["five < :4", "five <> :5", "id > :b", "five < :a", "five > :a", "five = :a", "id > :4"]);
    holds(&values, true, &["five <> :a", ":a < :b", ":4 < five"]);
}

#[test]
fn what_is_not_there_is_equal_to_nothing() {
    let values = [(":5", n("5"))];
    holds(&values, true, &["gone <> :5", "gone <> elsewhere", "m.a.b <> :5", "l[9] <> :5", "NOT gone = :5"]);
    holds(&values, false, &["gone = :5", "gone < :5", "gone = elsewhere", ":5 BETWEEN gone AND :5", "gone IN (:5)"]);
}

#[test]
fn documents_and_sets_are_equal_by_value() {
    let values = [
        (":ns", numbers(["2.5", "1.0"])),
        (":m", map([("b", n("2.00"))])),
        (":l", list([n("1"), n("2"), n("3.0")])),
        (":r", list([n("3"), n("2"), n("1")])),
        (":z", Attribute::Null),
        (":t", Attribute::Bool(true)),
    ];
    holds(&values, true, &["ns = :ns", "m.deep = :m", "l = :l", "l <> :r", "nothing = :z", "yes = :t"]);
    holds(&values, false, &["ns <> :ns", "l = :r", "m = :m", "yes <> :t", "nothing = :t"]);
}

#[test]
fn between_and_in_take_paths_and_values() {
    let values = [(":4", n("4")), (":5", n("5")), (":6", n("6")), (":a", s("a"))];
    holds(&values, true, &["five BETWEEN :4 AND :6", "five between :5 and :5", "five IN (:4, :5)", ":5 IN (five)"]);
    holds(&values, true, &[":5 BETWEEN l[0] AND :6", "five IN (:a, id, :5)"]);
    holds(&values, false, &["five BETWEEN :6 AND :6", "id BETWEEN :4 AND :6", "five IN (:4, :a)"]);
}

#[test]
fn and_binds_more_than_or_and_not_more_than_and() {
    let values = [(":5", n("5")), (":6", n("6"))];
    holds(
        &values,
        true,
        &[
            "five = :5 OR five = :6 AND five = :6",
            "NOT five = :6 AND five = :5",
            "NOT (five = :6 OR id = :6)",
            "not not five = :5",
            "(five = :6 OR five = :5) AND (five = :5)",
            "five = :6 OR NOT five = :6",
        ],
    );
    holds(&values, false, &["(five = :5 OR five = :6) AND five = :6", "NOT five = :5 OR five = :6"]);
}

#[test]
fn functions_test_what_is_there() {
    let values = [(":S", s("S")), (":M", s("M")), (":NULL", s("NULL")), (":SS", s("SS"))];
    holds(
        &values,
        true,
        &[
            "attribute_exists(m.deep.b)",
            "attribute_exists(#l[2])",
            "attribute_not_exists(l[3])",
            "attribute_not_exists(m[0])",
            "attribute_not_exists(l.a)",
            "attribute_type(txt, :S)",
            "attribute_type(m.deep, :M)",
            "attribute_type(nothing, :NULL)",
            "attribute_type(ss, :SS)",
        ],
    );
    holds(&values, false, &["attribute_exists(gone)", "attribute_type(five, :S)", "attribute_type(gone, :S)"]);
}

#[test]
fn begins_with_and_contains_look_into_values() {
    let values = [
        (":gr", s("Grü")),
        (":empty", s("")),
        (":crab", s("🦀")),
        (":1", n("1")),
        (":b12", Attribute::B(vec![1, 2])),
        (":b2", Attribute::B(vec![2])),
        (":b", Attribute::B(Vec::new())),
        (":a", s("a")),
        (":two", n("2.5")),
        (":b1", Attribute::B(vec![1])),
    ];
    holds(
        &values,
        true,
        &[
            "begins_with(txt, :gr)",
            "begins_with(txt, :empty)",
            "begins_with(octets, :b12)",
            "contains(txt, :crab)",
            "contains(octets, :b2)",
            "contains(octets, :b)",
            "contains(ss, :a)",
            "contains(ns, :two)",
            "contains(bs, :b1)",
            "contains(l, :1)",
            "contains(:gr, :gr)",
        ],
    );
    holds(
        &values,
        false,
        &[
            "begins_with(txt, :crab)",
            "begins_with(five, :gr)",
            "begins_with(gone, :gr)",
            "contains(five, :1)",
            "contains(ss, :1)",
            "contains(m, :a)",
            "contains(l, :a)",
        ],
    );
}

#[test]
fn size_counts_what_a_value_consists_of() {
    // A character outside of the basic plane is two, as in UTF-16.
    let values = [(":8", n("8")), (":3", n("3")), (":2", n("2")), (":1", n("1")), (":v", s("abc"))];
    holds(
        &values,
        true,
        &[
            "size(txt) = :8",
            "size(octets) = :3",
            "size(l) = :3",
            "size(m) = :3",
            "size(ss) = :2",
            "size(ns) = :2",
            "size(bs) = :1",
            "size(ss) < size(l)",
            "(size(ss)) < (size(l))",
            "size(:v) = :3",
            "size(l) BETWEEN :2 AND :3",
        ],
    );
    holds(&values, false, &["size(five) >= :1", "size(yes) = :1", "size(nothing) = :1", "size(gone) = :1"]);
}

#[test]
fn an_item_that_is_not_there_has_no_attributes() {
    let empty = Attributes::new();
    assert!(condition("attribute_not_exists(id)", &[]).unwrap().holds(&empty));
    assert!(!condition("attribute_exists(id)", &[]).unwrap().holds(&empty));
}

#[test]
fn a_key_is_no_document() {
    let message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id";
    let said = |checked: Result<(), Fault>| checked.map_err(|fault| fault.message);
    let checked = |text: &str| said(condition(text, &[(":v", n("1"))]).unwrap().check_keys(&table()));
    assert_eq!(checked("id = :v AND m.id = :v AND atx = :v AND l[0] = :v"), Ok(()));
    assert_eq!(checked("five = :v OR NOT size(id.x) IN (:v)"), Err(message.to_owned()));
    let checked = |text: &str| said(projection(text).unwrap().check_keys(&table()));
    assert_eq!(checked("id, atx, m.id, l[0]"), Ok(()));
    assert_eq!(checked("five, id.x"), Err(message.to_owned()));
    assert_eq!(checked("id[0].y, five"), Err(message.to_owned()));
    let checked = |text: &str| said(update(text, &[(":v", n("1"))]).unwrap().check_keys(&table()));
    assert_eq!(checked("SET a = id, b = m.id + :v REMOVE c"), Ok(()));
    assert_eq!(checked("SET a = five + id.x"), Err(message.to_owned()));
    assert_eq!(checked("SET a = if_not_exists(id[0], five)"), Err(message.to_owned()));
}

#[test]
fn a_value_may_be_compared_with_itself() {
    let values = [(":v", s("abc"))];
    holds(&values, true, &["contains(:v, :v)", "begins_with(:v, :v)", ":v = :v", ":v IN (:v)", ":v BETWEEN :v AND :v"]);
}
