//! Words that no name of an attribute may be where it is written out. (Amazon DynamoDB Developer Guide, "Reserved words in DynamoDB".)

use std::collections::HashSet;
use std::sync::LazyLock;

/// One word a line, in capitals.
const LIST: &str = include_str!("reserved.txt");

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether a word is reserved, in whichever letters.
pub(super) fn is_reserved(word: &str) -> bool {
    WORDS.contains(word.to_ascii_uppercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_word_is_reserved_in_any_letters() {
        assert_eq!(WORDS.len(), 573);
        for word in ["abort", "Data", "ZONE", "size", "status"] {
            assert!(is_reserved(word), "{word}");
        }
        assert!(!is_reserved("sized") && !is_reserved("a") && !is_reserved(""));
    }
}
