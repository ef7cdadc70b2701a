//! Reads two numbers from any text; what was read is written and read as the same number, and the order of the bytes is theirs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use store::records::Number;

fuzz_target!(|text: &str| {
    let (left, right) = text.split_once(' ').unwrap_or((text, "1"));
    let (Ok(left), Ok(right)) = (Number::parse(left), Number::parse(right)) else { return };
    for number in [&left, &right] {
        let written = number.to_string();
        assert_eq!(Number::parse(&written).as_ref(), Ok(number), "{written}");
        assert!(written.len() <= 171 && number.sortable().len() <= 22, "{written}");
    }
    assert_eq!(left.cmp(&right), left.sortable().cmp(&right.sortable()), "{left} and {right}");
});
