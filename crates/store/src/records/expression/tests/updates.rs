//! What updates make of an item. The cases of lists are those that dynoxide recorded on Amazon DynamoDB.

use super::*;

const NO_PATH: &str = "The document path provided in the update expression is invalid for update";
const WRONG_KIND: &str = "An operand in the update expression has an incorrect data type";
const MISSING: &str = "The provided expression refers to an attribute that does not exist in the item";

fn after(text: &str, values: &[(&str, Attribute)]) -> Result<Attributes, String> {
    let update = update(text, values).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    update.apply(&table(), &item()).map_err(|fault| fault.message)
}

/// Asserts what an attribute is afterwards, and that all others are what they were.
fn makes<const N: usize>(text: &str, values: &[(&str, Attribute)], changed: [(&str, Option<Attribute>); N]) {
    let mut expected = item();
    for (name, value) in changed {
        match value {
            Some(value) => expected.insert(name.to_owned(), value),
            None => expected.remove(name),
        };
    }
    assert_eq!(after(text, values).as_ref(), Ok(&expected), "{text}");
}

#[test]
fn set_assigns_what_the_item_was() {
    let one = [(":1", n("1")), (":s", s("x"))];
    makes("SET five = :s, added = five", &one, [("five", Some(s("x"))), ("added", Some(n("5")))]);
    makes("set added = five + :1", &one, [("added", Some(n("6")))]);
    makes("SET added = :1 - five", &one, [("added", Some(n("-4")))]);
    makes("SET added = (five - :1) + (five + :1)", &one, [("added", Some(n("10")))]);
    makes("SET added = if_not_exists(five, :s)", &one, [("added", Some(n("5")))]);
    makes("SET added = if_not_exists(gone, if_not_exists(m.x, :s))", &one, [("added", Some(s("x")))]);
    makes("SET added = if_not_exists(gone, :1) + :1", &one, [("added", Some(n("2")))]);
    let lists = [(":l", list([n("9")]))];
    makes("SET added = list_append(:l, m.l)", &lists, [("added", Some(list([n("9"), s("x"), s("y")])))]);
    makes("SET #l = list_append(l, :l)", &lists, [("l", Some(list([n("1"), n("2"), n("3"), n("9")])))]);
}

#[test]
fn the_other_operand_of_if_not_exists_counts_only_where_it_is_needed() {
    makes("SET added = if_not_exists(five, gone)", &[], [("added", Some(n("5")))]);
    makes("SET added = if_not_exists(five, gone.deeper[0])", &[], [("added", Some(n("5")))]);
    assert_eq!(after("SET added = if_not_exists(gone, gone.deeper)", &[]), Err(MISSING.to_owned()));
}

#[test]
fn operands_are_there_and_of_fitting_kinds() {
    let one = [(":1", n("1")), (":l", list([]))];
    for (text, expected) in [
        ("SET added = gone", MISSING),
        ("SET added = gone + :1", MISSING),
        ("SET added = list_append(gone, :l)", MISSING),
        ("SET added = txt + :1", WRONG_KIND),
        ("SET added = :1 - m", WRONG_KIND),
        ("SET added = list_append(five, :l)", WRONG_KIND),
        ("ADD txt :1", WRONG_KIND),
        ("ADD ss :1", WRONG_KIND),
        ("SET gone.x = :1 ADD txt :1", WRONG_KIND),
    ] {
        assert_eq!(after(text, &one), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn a_path_leads_through_what_is_there() {
    let values = [(":1", n("1")), (":a", strings(["a"]))];
    for text in [
        "SET gone.x = :1",
        "SET m.gone.x = :1",
        "SET txt.x = :1",
        "SET gone[0] = :1",
        "SET m[0] = :1",
        "SET l.x = :1",
        "SET lm[1].x = :1",
        "SET lm[9].x = :1",
        "REMOVE gone.x",
        "REMOVE m.gone.x",
        "REMOVE txt.x",
        "REMOVE m[0]",
        "ADD gone.x :1",
        "ADD lm[1].q :1",
        "DELETE gone.x :a",
        "DELETE txt.x :a",
        "SET added = :1 REMOVE gone.x",
    ] {
        assert_eq!(after(text, &values), Err(NO_PATH.to_owned()), "{text}");
    }
    makes("REMOVE m.gone, gone, l[5] DELETE m.nil :a", &values, []);
    makes("SET lm[0].y = :1", &values, [("lm", Some(list([map([("x", n("1")), ("y", n("1"))]), n("7")])))]);
    makes("ADD lm[0].x :1, lm[0].z :1", &values, [("lm", Some(list([map([("x", n("2")), ("z", n("1"))]), n("7")])))]);
}

#[test]
fn indexes_mean_what_they_meant_in_the_item_as_it_was() {
    let values = [
        (":5", n("5")),
        (":7", n("7")),
        (":s", s("x")),
        (":q", s("q")),
        (":a", strings(["a"])),
        (":ab", strings(["a", "b"])),
    ];
    let l = |elements: &[&str]| [("l", Some(Attribute::L(elements.iter().map(|text| n(text)).collect())))];
    makes("ADD l[3] :5", &values, l(&["1", "2", "3", "5"]));
    makes("REMOVE l[3]", &values, l(&["1", "2", "3"]));
    makes("SET l[10] = :7 ADD l[3] :5", &values, l(&["1", "2", "3", "5", "7"]));
    makes("SET l[10] = :7 REMOVE l[3]", &values, l(&["1", "2", "3", "7"]));
    makes("SET l[10] = :7 REMOVE l[2]", &values, l(&["1", "2", "7"]));
    makes("SET l[11] = :7, l[10] = :5", &values, l(&["1", "2", "3", "5", "7"]));
    makes("REMOVE l[0], l[1]", &values, l(&["3"]));
    makes("REMOVE l[0] SET l[1] = :7", &values, l(&["7", "3"]));
    makes(
        "SET l[10] = :ab DELETE l[3] :a",
        &values,
        [("l", Some(list([n("1"), n("2"), n("3"), strings(["a", "b"])])))],
    );
    makes("DELETE ls[0] :a", &values, [("ls", Some(list([s("x"), s("y")])))]);
    makes("DELETE ls[0] :a REMOVE ls[1]", &values, [("ls", Some(list([s("y")])))]);
    makes("DELETE ls[0] :a SET ls[1] = :q", &values, [("ls", Some(list([s("q"), s("y")])))]);
    makes("SET l[10] = :s ADD l[3] :5", &values, [("l", Some(list([n("1"), n("2"), n("3"), n("5"), s("x")])))]);
}

#[test]
fn add_and_delete_change_numbers_and_sets() {
    let values = [
        (":n", n("-5.5")),
        (":bc", strings(["b", "c"])),
        (":ab", strings(["a", "b"])),
        (":ns", numbers(["1.0", "3"])),
        (":bs", Attribute::Bs([vec![1]].into())),
    ];
    makes("ADD five :n, added :n", &values, [("five", Some(n("-0.5"))), ("added", Some(n("-5.5")))]);
    makes(
        "ADD ss :bc, ns :ns, fresh :bs",
        &values,
        [
            ("ss", Some(strings(["a", "b", "c"]))),
            ("ns", Some(numbers(["1", "2.5", "3"]))),
            ("fresh", Some(Attribute::Bs([vec![1]].into()))),
        ],
    );
    makes("DELETE ss :bc, ns :ns", &values, [("ss", Some(strings(["a"]))), ("ns", Some(numbers(["2.5"])))]);
    makes("DELETE ss :ab, bs :bs, gone :ab", &values, [("ss", None), ("bs", None)]);
}

#[test]
fn sums_that_are_no_numbers_are_refused() {
    let values = [(":big", n("9e125")), (":38", n("1e38")), (":tiny", n("1e-130")), (":less", n("1.1e-130"))];
    for (text, expected) in [
        (
            "SET a = :big + :big",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        ("SET a = :38 + five", "Attempting to store more than 38 significant digits in a Number"),
        ("ADD five :38", "Attempting to store more than 38 significant digits in a Number"),
        (
            "SET a = :less - :tiny",
            "Number underflow. Attempting to store a number with magnitude smaller than supported range",
        ),
    ] {
        let refused = update(text, &values).and_then(|update| update.apply(&table(), &item()));
        assert_eq!(refused.unwrap_err().message, expected, "{text}");
    }
}

#[test]
fn keys_are_not_changed() {
    for text in ["SET id = :v", "REMOVE id", "ADD atx :v", "SET five = :v, id.x = :v"] {
        let key = if text.contains("id") { "id" } else { "atx" };
        let expected = format!(
            "One or more parameter values were invalid: Cannot update attribute {key}. This attribute is part of the key"
        );
        assert_eq!(after(text, &[(":v", n("1"))]), Err(expected), "{text}");
    }
}

#[test]
fn what_is_touched_is_named_by_paths_and_lists_are_whole() {
    let update = update("SET m.deep.b = :v, added = :v REMOVE five ADD lm[0].x :v", &[(":v", n("8"))]).unwrap();
    let lm = |x: &str| list([map([("x", n(x))]), n("7")]);
    assert_eq!(
        update.touched(&item()),
        attributes([("five", n("5")), ("lm", lm("1")), ("m", map([("deep", map([("b", n("2"))]))]))])
    );
    let after = update.apply(&table(), &item()).unwrap();
    assert_eq!(
        update.touched(&after),
        attributes([("lm", lm("9")), ("m", map([("deep", map([("b", n("8"))]))])), ("added", n("8"))])
    );
}

#[test]
fn an_update_is_charged_by_its_request() {
    let values = [(":v", s("12345")), (":n", n("1")), (":l", list([])), (":ss", strings(["abc"]))];
    for (text, expected) in [
        ("SET a = :v", 3 + 19 + 1 + 5),
        ("SET abc.d[10] = :v", 3 + 19 + 3 + (4 + 1) + (4 + 2) + 5),
        ("SET a = b + :n", 3 + 19 + 1 + 34 + (1 + 14 + 1) + 2),
        ("SET a = (b - :n)", 3 + 19 + 1 + 37 + (1 + 14 + 1) + 2),
        ("SET a = if_not_exists(#data.c, :v)", 3 + 19 + 1 + 39 + (1 + 14 + 4 + 14 + 1) + 5),
        ("SET a = list_append(b, :l)", 3 + 19 + 1 + 37 + (1 + 14 + 1) + 3),
        ("ADD a :ss", 3 + 19 + 1 + 3),
        ("REMOVE a, b.c", 3 + (1 + 1) + (1 + 1 + 4 + 1)),
        ("DELETE a :ss", 3 + 1 + 1),
    ] {
        assert_eq!(update(text, &values).unwrap().charge(), Some(expected), "{text}");
    }
}
