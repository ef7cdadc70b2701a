//! What to do about errors whose texts are DynamoDB's: said in the problem's detail, beside the original's own text.

use domain::{Kind, Refusal};
use store::records::{KeyAttribute, RecordsTable};

/// Parts of DynamoDB's texts about a key that does not fit its table.
const KEYS: [&str; 5] = [
    "does not match the schema",
    "Missing the key",
    "Type mismatch for key",
    "for a key attribute cannot contain",
    "This attribute is part of the key",
];

/// Adds to a refusal what to do, where DynamoDB's text does not say it.
pub(super) fn advise(refusal: &mut Refusal, table: &RecordsTable) {
    let says = |part: &str| refusal.detail.contains(part);
    let advice = match refusal.kind {
        Kind::NotFound => format!(
            "the table {} is configured here, but missing in the store; whoever runs this service finds in the log what to do",
            table.name
        ),
        Kind::Invalid if says("is a reserved keyword") => {
            "use a name such as #n in its place, and say in ExpressionAttributeNames what it stands for".to_owned()
        }
        Kind::Invalid if KEYS.into_iter().any(says) => format!("the key of {} is {}", table.name, key(table)),
        _ => return,
    };
    refusal.detail = format!("{}; {advice}.", refusal.detail.trim_end_matches('.'));
}

/// The attributes of a table's key, each with DynamoDB's letter for its kind.
fn key(table: &RecordsTable) -> String {
    let shown = |key: &KeyAttribute| format!("{} ({})", key.name, key.kind.as_str());
    std::iter::once(&table.partition).chain(&table.sort).map(shown).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advised(kind: Kind, detail: &str) -> String {
        let mut refusal = Refusal::new(kind, "x", detail);
        advise(&mut refusal, &"notes:owner:at=N".parse().unwrap());
        refusal.detail
    }

    #[test]
    fn what_to_do_is_added_to_dynamodbs_text() {
        let key = advised(Kind::Invalid, "The provided key element does not match the schema");
        assert_eq!(
            key,
            "The provided key element does not match the schema; the key of notes is owner (S) and at (N)."
        );
        let reserved = advised(Kind::Invalid, "Attribute name is a reserved keyword; reserved keyword: name");
        assert!(reserved.contains("name; use a name such as #n") && reserved.contains("ExpressionAttributeNames"));
        assert!(advised(Kind::NotFound, "Requested resource not found").contains("configured here, but missing"));
    }

    #[test]
    fn other_texts_are_as_they_were() {
        for kind in [Kind::Invalid, Kind::Conflict, Kind::Busy] {
            assert_eq!(advised(kind, "The conditional request failed"), "The conditional request failed");
        }
    }
}
