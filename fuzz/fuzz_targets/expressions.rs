//! Reads any text as a condition, an update and a projection, and applies what it is to an item with a value of every kind.
//!
//! Nothing may panic or take long, and an expression that is written anew reads as the one that it was. `-timeout` bounds the time.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use store::records::{Attribute, Attributes, Number, exercise};

static ITEM: LazyLock<Attributes> = LazyLock::new(item);

fuzz_target!(|text: &str| {
    for (at, written) in exercise(text, &ITEM).into_iter().enumerate() {
        let Some(written) = written else { continue };
        let again = exercise(&written, &ITEM);
        assert_eq!(again.get(at).cloned().flatten(), Some(written), "from {text:?}");
    }
});

fn item() -> Attributes {
    let n = |text: &str| Attribute::N(Number::parse(text).unwrap());
    let s = |text: &str| Attribute::S(text.to_owned());
    let map = |members: Vec<(&str, Attribute)>| {
        Attribute::M(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    let strings = Attribute::Ss(["a", "b"].map(str::to_owned).into());
    let list = Attribute::L(vec![n("1"), s("x"), strings.clone(), map(vec![("a", n("2"))])]);
    let attributes = [
        ("id", s("a")),
        ("s", s("Grüße")),
        ("n", n("9e125")),
        ("b", Attribute::B(vec![1, 2])),
        ("t", Attribute::Bool(true)),
        ("z", Attribute::Null),
        ("m", map(vec![("a", n("-1e-130")), ("l", list.clone()), ("m", map(vec![]))])),
        ("l", list),
        ("c", strings),
        ("d", Attribute::Ns(["1", "2.5"].map(|text| Number::parse(text).unwrap()).into())),
        ("e", Attribute::Bs([vec![1]].into())),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}
