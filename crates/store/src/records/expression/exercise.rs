//! Reading and applying any text at all, for tests that do not know what they feed.

use std::collections::BTreeMap;

use super::token::{Kind, tokens};
use super::{Clause, Condition, Placeholders, Projection, Update, parser};
use crate::records::{Attribute, Attributes, KeyAttribute, KeyKind, Number, RecordsTable};

/// Reads a text as a condition, as an update and as a projection, and applies what it is to an item; for each the expression written
/// anew, if the text is one.
///
/// `#name` stands for the attribute `name`, and `:value` for a value whose kind its first letter says (`n` a number, `b` bytes, `t`
/// true, `z` null, `l` a list, `m` a map, `c`, `d` and `e` sets of strings, numbers and bytes, others a string). The key is `id`.
pub fn exercise(text: &str, item: &Attributes) -> [Option<String>; 3] {
    let table = RecordsTable {
        name: "table".to_owned(),
        partition: KeyAttribute { name: "id".to_owned(), kind: KeyKind::S },
        sort: None,
    };
    if let Ok(condition) = Condition::parse(Clause::FilterExpression, text, &mut placeholders(text)) {
        let _ = condition.check_keys(&table);
        let _ = condition.holds(item);
    }
    if let Ok(update) = Update::parse(text, &mut placeholders(text)) {
        let _ = (update.charge(), update.check_keys(&table));
        let after = update.apply(&table, item);
        let _ = after.map(|after| update.touched(&after));
    }
    if let Ok(projection) = Projection::parse(text, &mut placeholders(text)) {
        let _ = (projection.check_keys(&table), projection.of(item));
    }
    [
        parser::condition(text).ok().map(|condition| condition.to_string()),
        parser::update(text).ok().map(|update| update.to_string()),
        parser::projection(text).ok().map(|projection| projection.to_string()),
    ]
}

/// Placeholders that define whatever a text uses.
fn placeholders(text: &str) -> Placeholders {
    let (mut names, mut values) = (BTreeMap::new(), Attributes::new());
    for token in tokens(text) {
        let name = token.text.get(1..).unwrap_or_default();
        match token.kind {
            Kind::Name => drop(names.insert(token.text.to_owned(), name.to_owned())),
            Kind::Value => drop(values.insert(token.text.to_owned(), value(name))),
            _ => {}
        }
    }
    Placeholders::new(names, values)
}

fn value(name: &str) -> Attribute {
    let number = Number::from(name.len());
    match name.chars().next() {
        Some('n') => Attribute::N(number),
        Some('b') => Attribute::B(name.into()),
        Some('t') => Attribute::Bool(true),
        Some('z') => Attribute::Null,
        Some('l') => Attribute::L(vec![Attribute::N(number)]),
        Some('m') => Attribute::M([(name.to_owned(), Attribute::N(number))].into()),
        Some('c') => Attribute::Ss([name.to_owned()].into()),
        Some('d') => Attribute::Ns([number].into()),
        Some('e') => Attribute::Bs([name.into()].into()),
        _ => Attribute::S(name.to_owned()),
    }
}
