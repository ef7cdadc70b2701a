//! Expressions that nobody wrote.

use proptest::prelude::*;

use super::*;
use crate::records::exercise;
use crate::records::expression::parser;
use crate::records::expression::path::{Path, Step};
use crate::records::expression::syntax::{self, Arithmetic, Comparator, Function};

fn path() -> impl Strategy<Value = Path> {
    let name = prop_oneof!["[a-c]x?", "#[lm]", Just("txt".to_owned())].prop_map(Step::Name);
    let step = prop_oneof![name.clone(), (0u32..12).prop_map(Step::Index)];
    (name, prop::collection::vec(step, 0..3))
        .prop_map(|(first, rest)| Path(std::iter::once(first).chain(rest).collect()))
}

fn leaf() -> impl Strategy<Value = syntax::Operand> {
    prop_oneof![path().prop_map(syntax::Operand::Path), ":[a-z]{1,2}".prop_map(syntax::Operand::Value)]
}

fn operand() -> impl Strategy<Value = syntax::Operand> {
    leaf().prop_recursive(2, 4, 2, |inner| {
        let function = prop_oneof![Just(Function::Size), Just(Function::Contains)];
        (function, prop::collection::vec(inner, 1..3)).prop_map(|(f, operands)| syntax::Operand::Call(f, operands))
    })
}

fn condition_tree() -> impl Strategy<Value = syntax::Condition> {
    let comparator = prop_oneof![
        Just(Comparator::Equal),
        Just(Comparator::NotEqual),
        Just(Comparator::Less),
        Just(Comparator::GreaterOrEqual)
    ];
    let one = prop_oneof![
        (operand(), comparator, operand()).prop_map(|(l, c, r)| syntax::Condition::Compare(l, c, r)),
        [operand(), operand(), operand()].prop_map(|operands| syntax::Condition::Between(Box::new(operands))),
        (operand(), prop::collection::vec(operand(), 1..3)).prop_map(|(o, all)| syntax::Condition::In(o, all)),
        path()
            .prop_map(|path| { syntax::Condition::Call(Function::AttributeExists, vec![syntax::Operand::Path(path)]) }),
    ];
    one.prop_recursive(4, 16, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts.clone().prop_map(syntax::Condition::All),
            parts.prop_map(syntax::Condition::Any),
            inner.prop_map(|inner| syntax::Condition::Not(Box::new(inner))),
        ]
    })
}

fn value_tree() -> impl Strategy<Value = syntax::Operand> {
    leaf().prop_recursive(3, 8, 2, |inner| {
        let sign = prop_oneof![Just(Arithmetic::Plus), Just(Arithmetic::Minus)];
        let sum = (inner.clone(), sign, inner.clone());
        let function = prop_oneof![Just(Function::IfNotExists), Just(Function::ListAppend)];
        prop_oneof![
            sum.prop_map(|(l, sign, r)| syntax::Operand::Sum(Box::new(l), sign, Box::new(r))),
            (function, [inner.clone(), inner]).prop_map(|(f, operands)| syntax::Operand::Call(f, operands.into())),
        ]
    })
}

fn update_tree() -> impl Strategy<Value = syntax::Update> {
    let pairs = || prop::collection::vec((path(), ":[a-z]{1,2}"), 0..2);
    (prop::collection::vec((path(), value_tree()), 1..3), prop::collection::vec(path(), 0..2), pairs(), pairs())
        .prop_map(|(set, remove, add, delete)| syntax::Update { set, remove, add, delete })
}

/// Words and signs in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "SET",
        "REMOVE",
        "ADD",
        "DELETE",
        "AND",
        "OR",
        "NOT",
        "BETWEEN",
        "IN",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        "=",
        "<>",
        "<",
        ">=",
        "+",
        "-",
        "a",
        "l",
        "m",
        "#l",
        ":n",
        ":s",
        ":l",
        "0",
        "7",
        "if_not_exists",
        "list_append",
        "size",
        "contains",
        "attribute_exists",
        "!",
        "é",
        "#",
        ":",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn a_printed_condition_reads_as_it_was(tree in condition_tree()) {
        let text = tree.to_string();
        prop_assert_eq!(parser::condition(&text), Ok(tree), "{}", text);
    }

    #[test]
    fn a_printed_update_reads_as_it_was(tree in update_tree()) {
        let text = tree.to_string();
        prop_assert_eq!(parser::update(&text), Ok(tree), "{}", text);
    }

    #[test]
    fn a_printed_projection_reads_as_it_was(paths in prop::collection::vec(path(), 1..4)) {
        let tree = syntax::Projection(paths);
        let text = tree.to_string();
        prop_assert_eq!(parser::projection(&text), Ok(tree), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), soup(), condition_tree().prop_map(|t| t.to_string()), update_tree().prop_map(|t| t.to_string())]) {
        for written in exercise(&text, &item()).into_iter().flatten() {
            let again = exercise(&written, &item());
            prop_assert!(again.contains(&Some(written.clone())), "{} became {:?}", written, again);
        }
    }

    #[test]
    fn an_update_changes_nothing_but_what_it_touches(text in update_tree().prop_map(|t| t.to_string())) {
        let mut values = Attributes::new();
        for token in text.split([' ', ',', '(', ')']).filter(|token| token.starts_with(':')) {
            let value = if token < ":n" { n("3") } else { list([s("z")]) };
            values.insert(token.to_owned(), value);
        }
        let values: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        if let Ok(update) = update(&text, &values)
            && let Ok(after) = update.apply(&table(), &item())
        {
            let (old, new) = (update.touched(&item()), update.touched(&after));
            for (name, value) in item().iter().filter(|(name, _)| !old.contains_key(*name) && !new.contains_key(*name)) {
                prop_assert_eq!(after.get(name), Some(value), "{} in {}", name, text);
            }
        }
    }
}
