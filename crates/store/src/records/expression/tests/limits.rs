//! Expressions that are too long, too deep or too much.

use super::*;
use crate::records::expression::Work;

#[test]
fn an_expression_has_at_most_4096_bytes() {
    let long = format!("a = b{}", " ".repeat(4092));
    let too_long = "Expression size has exceeded the maximum allowed size;";
    assert_eq!(reason(condition(&long, &[])), too_long);
    assert_eq!(reason(update(&long, &[])), too_long);
    assert_eq!(reason(projection(&long)), too_long);
    let filter = Condition::parse(Clause::FilterExpression, &long, &mut placeholders(&[]));
    assert_eq!(reason(filter), format!("{too_long} expression size: 4097"));
    assert!(condition(&long[..4096], &[]).is_ok());
}

#[test]
fn an_expression_has_at_most_300_operators_and_functions() {
    let too_many = "The expression contains too many operators; operator count: 301";
    let conditions = |count: usize| vec!["a<b"; count].join(" OR ");
    assert!(condition(&conditions(150), &[]).is_ok());
    assert_eq!(reason(condition(&conditions(151), &[])), too_many);
    assert_eq!(reason(condition(&format!("{}a<b", "NOT ".repeat(300)), &[])), too_many);
    let sums = |count: usize| format!("SET {}", (0..count).map(|i| format!("a{i}=b+c")).collect::<Vec<_>>().join(","));
    assert!(update(&sums(300), &[]).is_ok());
    assert_eq!(reason(update(&sums(301), &[])), too_many);
}

/// Runs on a stack that is half of what threads usually have.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(test).unwrap().join().unwrap();
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn the_deepest_condition_is_read_and_applied_on_a_small_stack() {
    on_a_small_stack(|| {
        // With the comparators and OR within there are 300 operators; five is not less than id, but l is something else than m.
        let text = nested("NOT(", "five<id OR l<>m", ")", 297);
        assert!(!condition(&text, &[]).unwrap().holds(&item()));
        let text = format!("{}<five", nested("size(", "l", ")", 299));
        assert!(reason(condition(&text, &[])).ends_with("operator or function: size, operand type: N"));
    });
}

#[test]
fn the_deepest_update_is_read_and_applied_on_a_small_stack() {
    on_a_small_stack(|| {
        let text = format!("SET a={}", nested("(five+", "five", ")", 300));
        let after = update(&text, &[]).unwrap().apply(&table(), &item()).unwrap();
        assert_eq!(after["a"], n("1505"));
    });
}

#[test]
fn parentheses_alone_are_redundant_however_many() {
    let redundant = "The expression has redundant parentheses;";
    assert_eq!(reason(condition(&"(".repeat(4096), &[])), redundant);
    assert_eq!(reason(update(&format!("SET a={}", "(".repeat(4090)), &[])), redundant);
    assert_eq!(reason(condition(&nested("(", "a=b", ")", 2000), &[])), redundant);
}

#[test]
fn a_megabyte_of_anything_is_refused() {
    for text in ["(".repeat(1 << 20), "NOT ".repeat(1 << 18), "a.".repeat(1 << 19), "é".repeat(1 << 19)] {
        assert!(condition(&text, &[]).is_err() && update(&text, &[]).is_err() && projection(&text).is_err());
    }
}

#[test]
fn a_path_has_at_most_32_steps_and_an_index_31_bits() {
    let path = |steps: usize| vec!["a"; steps].join(".");
    assert!(projection(&path(32)).is_ok());
    let expected = "The document path has too many nesting levels; nesting levels: 33";
    assert_eq!(reason(projection(&path(33))), expected);
    assert_eq!(reason(update(&format!("REMOVE {}", path(33)), &[])), expected);
    assert!(projection("l[2147483647]").is_ok());
    for index in ["2147483648", "4294967296", "99999999999999999999999"] {
        let expected = format!("List index is not within the allowable range; index: [{index}]");
        assert_eq!(reason(projection(&format!("l[{index}]"))), expected);
    }
}

/// As many elements as an item has room for.
fn largest_list() -> Attribute {
    Attribute::L(vec![s(""); 405_000])
}

/// As many actions as an expression has room for, which set something each.
fn assignments(value: &str) -> String {
    let actions: Vec<_> = (0..4000 / (value.len() + 6)).map(|i| format!("x{i:03}={value}")).collect();
    format!("SET {}", actions.join(","))
}

#[test]
fn an_update_that_sets_gigabytes_is_refused_before_it_copies_them() {
    let item = attributes([("id", s("a")), ("l", largest_list())]);
    let apply = |text: &str| update(text, &[]).unwrap().apply(&table(), &item).map_err(|fault| fault.message);
    let too_large = Err("Item size to update has exceeded the maximum allowed size".to_owned());
    assert_eq!(assignments("l").matches('=').count(), 571);
    assert_eq!(apply(&assignments("l")), too_large);
    assert_eq!(apply(&assignments("list_append(l,l)")), too_large);
    assert_eq!(apply(&assignments("if_not_exists(y,l)")), too_large);
    assert_eq!(apply("SET l = l").unwrap(), item);
}

#[test]
fn elements_of_a_large_list_are_taken_out_at_once() {
    let elements = (0..405_000).map(|i| if i < 600 { n("1") } else { s("") });
    let item = attributes([("id", s("a")), ("l", Attribute::L(elements.collect()))]);
    let indexes: Vec<_> = (0..600).map(|index| format!("l[{index}]")).collect();
    let after = update(&format!("REMOVE {}", indexes.join(",")), &[]).unwrap().apply(&table(), &item).unwrap();
    assert_eq!(after["l"], Attribute::L(vec![s(""); 404_400]));
}

/// What becomes of a condition with a large item.
fn with_work(text: &str, values: &[(&str, Attribute)], item: &Attributes) -> Result<bool, String> {
    let work = Work::whole();
    let holds = condition(text, values).unwrap().holds_within(item, &work);
    work.check().map(|()| holds).map_err(|fault| fault.message)
}

#[test]
fn a_condition_is_refused_when_it_would_take_long() {
    let numbers = Attribute::Ns((0..130_000).map(Number::from).collect());
    let text = format!("{}b", "a".repeat(390_000));
    let item = attributes([("l", largest_list()), ("m", largest_list()), ("ns", numbers.clone()), ("t", s(&text))]);
    let many = |one: &str, operator: &str, count| vec![one; count].join(operator);
    let values = [(":ns", numbers), (":t", s(&format!("{}b", "a".repeat(190_000))))];
    for (one, holds) in
        [("l=m", true), ("ns=:ns", true), ("contains(t,:t)", true), ("contains(l,m)", false), ("size(t)=id", false)]
    {
        let used: Vec<_> = values.iter().filter(|(name, _)| one.contains(name)).cloned().collect();
        assert_eq!(with_work(one, &used, &item), Ok(holds), "{one}");
    }
    for (one, count) in [("l=m", 150), ("ns=:ns", 150)] {
        let used: Vec<_> = values.iter().filter(|(name, _)| one.contains(name)).cloned().collect();
        let refused = with_work(&many(one, " AND ", count), &used, &item).unwrap_err();
        assert!(
            refused.starts_with("The condition takes too much work on an item of this size: use fewer"),
            "{refused}"
        );
    }
    // Small values take next to nothing, whatever else the item holds.
    assert_eq!(with_work(&many("id<>five", " AND ", 150), &[], &item), Ok(true));
}

#[test]
fn a_name_of_an_attribute_has_at_most_65535_bytes() {
    let named = |bytes: usize| {
        let names = BTreeMap::from([("#n".to_owned(), "x".repeat(bytes))]);
        Projection::parse("#n", &mut Placeholders::new(names, Attributes::new()))
    };
    assert!(named(65_535).is_ok());
    assert_eq!(reason(named(65_536)), "An attribute name has at most 65535 bytes; attribute name: #n");
}

#[test]
fn in_has_at_most_100_operands() {
    let alternatives = |count: usize| format!("a IN ({})", vec!["b"; count].join(","));
    assert!(condition(&alternatives(100), &[]).is_ok());
    assert_eq!(
        reason(condition(&alternatives(101), &[])),
        "The IN operator is provided with too many operands; number of operands: 101"
    );
}
