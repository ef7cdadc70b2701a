//! What DynamoDB refuses by the expression alone, in its words. Syntax errors are those that dynoxide recorded on Amazon DynamoDB.

use super::*;

#[test]
fn a_condition_that_cannot_be_read_is_pointed_at() {
    let cases = [
        ("attribute_not_exists(", "<EOF>", "("),
        ("attribute_exists(id", "<EOF>", "id"),
        ("a =", "<EOF>", "="),
        ("a = :v AND", "<EOF>", "AND"),
        ("a BETWEEN :v", "<EOF>", ":v"),
        ("(a = :v", "<EOF>", ":v"),
        ("a.", "<EOF>", "."),
        ("a[", "<EOF>", "["),
        ("attribute_exists(id) x", "x", ") x"),
        ("attribute_exists(id) x y", "x", ") x y"),
        ("a = :v :w x", ":w", ":v :w x"),
        ("a = :v)", ")", ":v)"),
        ("a :v", ":v", "a :v"),
        ("a = = :v", "=", "= = :v"),
        ("= :v", "=", "= :v"),
        ("AND a = :v", "AND", "AND a"),
        ("aaa = :v AND bbbb = :w cccc = :x", "cccc", ":w cccc ="),
        ("attribute_exists id", "id", "attribute_exists id"),
        ("attribute_exists(id,)", ")", ",)"),
        ("begins_with(a :v)", ":v", "a :v)"),
        ("a IN :v", ":v", "IN :v"),
        ("a IN ()", ")", "()"),
        ("a BETWEEN :v OR :w", "OR", ":v OR :w"),
        ("NOT", "<EOF>", "NOT"),
        ("a[x] = :v", "x", "[x]"),
        ("a[1 = :v", "=", "1 = :v"),
        ("a = :v !", "!", ":v !"),
        ("a ! b", "!", "a ! b"),
        ("a = !!", "!", "= !!"),
        ("size(a) =", "<EOF>", "="),
        ("l[00] = :v", "0", "00]"),
        ("l[007] = :v", "0", "007"),
        ("a OR b = :v", "OR", "a OR b"),
        ("a = :v + :w", "+", ":v + :w"),
        ("set = :v", "set", "set ="),
        ("é = :v", "é", "é ="),
        ("a = :vé", "é", ":vé"),
        ("data = = :v", "=", "= = :v"),
        ("foo(", "<EOF>", "("),
        ("a.1 = :v", "1", ".1 ="),
        ("(a)", "<EOF>", ")"),
        ("   ", "<EOF>", "   "),
    ];
    for (text, token, near) in cases {
        let expected = format!(r#"Syntax error; token: "{token}", near: "{near}""#);
        assert_eq!(reason(condition(text, &[(":v", n("1")), (":w", n("2"))])), expected, "{text}");
    }
}

#[test]
fn an_update_that_cannot_be_read_is_pointed_at() {
    let cases = [
        ("SET a =", "<EOF>", "="),
        ("SET", "<EOF>", "SET"),
        ("SET a = :v x", "x", ":v x"),
        ("SET a :v", ":v", "a :v"),
        ("SET a = :v,", "<EOF>", ","),
        ("SET a = :v + :v + :v", "+", ":v + :v"),
        ("SET a = if_not_exists(x,)", ")", ",)"),
        ("ADD a", "<EOF>", "a"),
        ("ADD a b", "b", "a b"),
        ("REMOVE a :v", ":v", "a :v"),
        ("SET a = :v !", "!", ":v !"),
        ("INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"),
        ("\t\n", "<EOF>", "\t\n"),
    ];
    for (text, token, near) in cases {
        let expected = format!(r#"Syntax error; token: "{token}", near: "{near}""#);
        assert_eq!(reason(update(text, &[(":v", n("1"))])), expected, "{text}");
    }
}

#[test]
fn a_projection_that_cannot_be_read_is_pointed_at() {
    for (text, token, near) in [("a, ", "<EOF>", ","), ("a b", "b", "a b"), ("a[x]", "x", "[x]"), ("a.1", "1", ".1")] {
        let expected = format!(r#"Syntax error; token: "{token}", near: "{near}""#);
        assert_eq!(reason(projection(text)), expected, "{text}");
    }
}

#[test]
fn an_empty_expression_is_refused() {
    let empty = "The expression can not be empty;";
    assert_eq!(reason(condition("", &[])), empty);
    assert_eq!(reason(update("", &[])), empty);
    assert_eq!(reason(projection("")), empty);
}

#[test]
fn reserved_words_and_unknown_functions_are_named() {
    let reserved = "Attribute name is a reserved keyword; reserved keyword: ";
    assert_eq!(reason(condition("data = :v", &[])), format!("{reserved}data"));
    assert_eq!(reason(condition("a.Data = :v", &[])), format!("{reserved}Data"));
    assert_eq!(reason(update("SET a = STATUS", &[])), format!("{reserved}STATUS"));
    assert_eq!(reason(projection("a, count")), format!("{reserved}count"));
    for (text, function) in [("foo(id)", "foo"), ("foo(id, :v)", "foo"), ("Contains(id, :v)", "Contains")] {
        assert_eq!(reason(condition(text, &[])), format!("Invalid function name; function: {function}"));
    }
    assert_eq!(reason(update("SET a = foo(b)", &[])), "Invalid function name; function: foo");
}

#[test]
fn functions_stand_where_they_belong() {
    let cases = [
        ("size(a)", "The function is not allowed to be used this way in an expression; function: size"),
        ("a = contains(b, c)", "The function is not allowed to be used this way in an expression; function: contains"),
        ("list_append(a, b)", "The function is not allowed in a condition expression; function: list_append"),
        (
            "attribute_exists(a, b)",
            "Incorrect number of operands for operator or function; operator or function: attribute_exists, \
             number of operands: 2",
        ),
        (
            "contains(a)",
            "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1",
        ),
        (
            "attribute_exists(:v)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(condition(text, &[(":v", n("1"))])), expected, "{text}");
    }
    assert_eq!(
        reason(update("SET a = size(b)", &[])),
        "The function is not allowed in an update expression; function: size"
    );
    assert_eq!(
        reason(update("SET a = if_not_exists(:v, b)", &[(":v", n("1"))])),
        "Operator or function requires a document path; operator or function: if_not_exists"
    );
    assert_eq!(
        reason(update("SET a = list_append(b)", &[])),
        "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1"
    );
}

#[test]
fn redundant_parentheses_are_refused() {
    let values = [(":v", n("1"))];
    for text in ["((a = :v))", "((a = :v)) AND b = :v", "NOT ((a = :v))", "((attribute_exists(a)))", "((a)) = :v"] {
        assert_eq!(reason(condition(text, &values)), "The expression has redundant parentheses;", "{text}");
    }
    for text in ["a = ((:v))", "a IN (((b)))"] {
        assert_eq!(reason(condition(text, &values)), "The expression has redundant parentheses;", "{text}");
    }
    assert_eq!(reason(update("SET a = ((b))", &[])), "The expression has redundant parentheses;");
    for text in ["(a = :v)", "((a = :v) AND (b = :v))", "(NOT (a = :v))", "NOT (a = :v)", "(a) = (:v)"] {
        assert!(condition(text, &values).is_ok(), "{text}");
    }
}

#[test]
fn placeholders_are_defined_and_used() {
    let value = "An expression attribute value used in expression is not defined; attribute value: ";
    let name = "An expression attribute name used in the document path is not defined; attribute name: ";
    assert_eq!(reason(condition("a = :nope", &[])), format!("{value}:nope"));
    assert_eq!(reason(condition("a.#nope = :v", &[(":v", n("1"))])), format!("{name}#nope"));
    assert_eq!(reason(update("SET a = :nope", &[])), format!("{value}:nope"));
    assert_eq!(reason(projection("#nope")), format!("{name}#nope"));

    let names = [("#a".to_owned(), "x".to_owned()), ("#b".to_owned(), "y".to_owned())];
    let mut placeholders = Placeholders::new(names.clone().into(), attributes([(":v", n("1")), (":w", n("1"))]));
    Condition::parse(Clause::ConditionExpression, "#b = :w", &mut placeholders).unwrap();
    let unused = |placeholders: &Placeholders| placeholders.all_used().unwrap_err().message;
    assert_eq!(unused(&placeholders), "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}");
    Projection::parse("#a", &mut placeholders).unwrap();
    assert_eq!(unused(&placeholders), "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
    Condition::parse(Clause::FilterExpression, "a = :v", &mut placeholders).unwrap();
    assert_eq!(placeholders.all_used(), Ok(()));
    assert_eq!(
        unused(&Placeholders::new(names.into(), Attributes::new())),
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"
    );
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    let operand = |operator: &str, kind: &str| {
        format!(
            "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {kind}"
        )
    };
    let values = [(":n", n("1")), (":s", s("x")), (":t", Attribute::Bool(true)), (":ss", strings(["a"]))];
    let cases = [
        ("begins_with(a, :n)", operand("begins_with", "N")),
        ("begins_with(:n, a)", operand("begins_with", "N")),
        ("a < :t", operand("<", "BOOL")),
        (":ss >= a", operand(">=", "SS")),
        ("a BETWEEN :t AND :t", operand("BETWEEN", "BOOL")),
        ("a BETWEEN :ss AND :t", operand("BETWEEN", "SS")),
        ("size(:n) = :n", operand("size", "N")),
        ("attribute_type(a, :n)", operand("attribute_type", "N")),
        (
            "attribute_type(a, :s)",
            "Invalid attribute type name found; type: x, valid types: {BOOL,SS,BS,M,NS,N,L,S,B,NULL}".to_owned(),
        ),
        (
            "contains(m.a, #m.a)",
            "The first operand must be distinct from the remaining operands for this operator or function; \
             operator: contains, first operand: [m, a]"
                .to_owned(),
        ),
        (
            "a = a",
            "The first operand must be distinct from the remaining operands for this operator or function; \
             operator: =, first operand: [a]"
                .to_owned(),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(condition(text, &values)), expected, "{text}");
    }
}

#[test]
fn the_bounds_of_between_are_of_one_kind_and_in_order() {
    let values = [(":a", s("a")), (":z", s("z")), (":1", n("1")), (":2", n("2.0"))];
    assert_eq!(
        reason(condition("a BETWEEN :z AND :a", &values)),
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; \
         lower bound operand: AttributeValue: {S:z}, upper bound operand: AttributeValue: {S:a}"
    );
    assert_eq!(
        reason(condition("a BETWEEN :a AND :1", &values)),
        "The BETWEEN operator requires same data type for lower and upper bounds; \
         lower bound operand: AttributeValue: {S:a}, upper bound operand: AttributeValue: {N:1}"
    );
    assert!(condition("a BETWEEN :1 AND :2", &values).is_ok());
    assert!(condition("a BETWEEN :z AND b", &values).is_ok());
}

#[test]
fn values_of_updates_are_of_fitting_kinds() {
    let values = [
        (":s", s("x")),
        (":n", n("1")),
        (":b", Attribute::B(vec![1])),
        (":l", list([])),
        (":m", map([])),
        (":t", Attribute::Bool(true)),
        (":ss", strings(["a"])),
    ];
    let section = |section: &str, kind: &str| {
        format!(
            "Incorrect operand type for operator or function; operator: {section}, operand type: {kind}, \
             typeSet: ALLOWED_FOR_ADD_OPERAND"
        )
    };
    let function = |operator: &str, kind: &str| {
        format!(
            "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {kind}"
        )
    };
    let cases = [
        ("ADD a :s", section("ADD", "STRING")),
        ("ADD a :b", section("ADD", "Binary")),
        ("ADD a :l", section("ADD", "LIST")),
        ("ADD a :m", section("ADD", "MAP")),
        ("ADD a :t", section("ADD", "BOOL")),
        ("DELETE a :n", section("DELETE", "NUMBER")),
        ("SET a = b + :s", function("+", "S")),
        ("SET a = :ss - b", function("-", "SS")),
        ("SET a = if_not_exists(b, (c - :s))", function("-", "S")),
        ("SET a = list_append(b, :n)", function("list_append", "N")),
        ("SET a = if_not_exists(b, if_not_exists(c, (d + :s)))", function("+", "S")),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(update(text, &values)), expected, "{text}");
    }
}

#[test]
fn the_operands_of_if_not_exists_are_distinct() {
    let twice = |path: &str| {
        format!(
            "The first operand must be distinct from the remaining operands for this operator or function; \
             operator: if_not_exists, first operand: {path}"
        )
    };
    let cases = [
        ("SET a = if_not_exists(t, t)", "[t]"),
        ("SET a = if_not_exists(#l, l)", "[l]"),
        ("SET a = if_not_exists(t, if_not_exists(l[0].x, l[0].x))", "[l, [0], x]"),
        ("SET a = list_append(if_not_exists(d.x, d.x), l)", "[d, x]"),
    ];
    for (text, path) in cases {
        assert_eq!(reason(update(text, &[])), twice(path), "{text}");
    }
    for text in ["SET a = list_append(l, l)", "SET a = n + n", "SET a = if_not_exists(t, if_not_exists(t, x))"] {
        assert!(update(text, &[]).is_ok(), "{text}");
    }
}

#[test]
fn list_append_is_in_no_other_operand() {
    for text in [
        "SET a = list_append(list_append(b, c), d)",
        "SET a = list_append(b, list_append(c, d))",
        "SET a = if_not_exists(b, list_append(c, d))",
        "SET a = b + list_append(c, d)",
    ] {
        assert_eq!(
            reason(update(text, &[])),
            "The function is not allowed to be used this way in an expression; function: list_append",
            "{text}"
        );
    }
    assert!(update("SET a = list_append(if_not_exists(b, c), if_not_exists(d, e))", &[]).is_ok());
}

#[test]
fn the_paths_of_an_update_are_apart() {
    let paths = |what: &str, one: &str, two: &str| {
        format!(
            "Two document paths {what} with each other; must remove or rewrite one of these paths; \
             path one: {one}, path two: {two}"
        )
    };
    let cases = [
        ("SET a = :v, a = :v", paths("overlap", "[a]", "[a]")),
        ("SET a.b = :v REMOVE a", paths("overlap", "[a, b]", "[a]")),
        ("SET l[3] = :v REMOVE #l[3]", paths("overlap", "[l, [3]]", "[l, [3]]")),
        ("SET a[0] = :v, a.b = :v", paths("conflict", "[a, [0]]", "[a, b]")),
        ("REMOVE x, a.b[1].c ADD a.b[1] :v", paths("overlap", "[a, b, [1], c]", "[a, b, [1]]")),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(update(text, &[(":v", n("1"))])), expected, "{text}");
    }
    assert_eq!(reason(projection("a, b.c, b")), paths("overlap", "[b, c]", "[b]"));
    assert_eq!(reason(projection("a[0], a.b")), paths("conflict", "[a, [0]]", "[a, b]"));
    assert!(update("SET l[1] = :v, l[2] = :v, m.a = :v, m.b = :v", &[(":v", n("1"))]).is_ok());
}

#[test]
fn a_section_of_an_update_is_there_once() {
    for section in ["SET", "REMOVE", "ADD", "DELETE"] {
        let action = if section == "SET" { "a = :v" } else { "a :v" };
        let action = if section == "REMOVE" { "a" } else { action };
        let text = format!("{section} {action} {section} {action}");
        let expected = format!("The \"{section}\" section can only be used once in an update expression;");
        assert_eq!(reason(update(&text, &[(":v", strings(["a"]))])), expected);
    }
}
