//! Tests of numbers.

use proptest::prelude::*;

use super::*;

const OVERFLOW: &str = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const UNDERFLOW: &str = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const PRECISE: &str = "Attempting to store more than 38 significant digits in a Number";

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

#[test]
fn a_number_is_read_in_every_form_and_written_in_one() {
    for (text, written) in [
        ("0", "0"),
        ("-0", "0"),
        ("+5", "5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("+.5", "0.5"),
        ("00042", "42"),
        ("1.200", "1.2"),
        ("1e+2", "100"),
        ("-1.5E+3", "-1500"),
        ("1e-3", "0.001"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("0.0000", "0"),
        (
            "1000000000000000000000000000000000000000000000000000",
            "1000000000000000000000000000000000000000000000000000",
        ),
    ] {
        assert_eq!(number(text).to_string(), written, "{text}");
    }
    assert_eq!(number("1e125").to_string().len(), 126);
    assert_eq!(number("1e-130").to_string().len(), 132);
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "",
        "+",
        "-",
        ".",
        "e2",
        "+e2",
        "1e",
        "1e+",
        "1+2",
        "1.2.3",
        "++5",
        "+-5",
        "NaN",
        "1_000",
        " 5",
        "5 ",
        "٣",
        "1e9223372036854775808",
    ] {
        let expected = format!("The parameter cannot be converted to a numeric value: {text}");
        assert_eq!(Number::parse(text), Err(Fault::validation(expected)), "{text}");
    }
}

#[test]
fn what_is_out_of_range_is_refused() {
    for (text, expected) in [
        ("1e126", OVERFLOW),
        ("-1e126", OVERFLOW),
        ("1e9223372036854775807", OVERFLOW),
        ("1e-131", UNDERFLOW),
        ("0.1e-130", UNDERFLOW),
        ("1e-9223372036854775808", UNDERFLOW),
        ("123456789012345678901234567890123456789", PRECISE),
        // Zero has the magnitude of its last digit.
        ("0e126", OVERFLOW),
        ("0e-131", UNDERFLOW),
        ("0.0e-130", UNDERFLOW),
    ] {
        assert_eq!(Number::parse(text), Err(Fault::validation(expected)), "{text}");
    }
    for text in ["9.9999999999999999999999999999999999999e125", "1e-130", "-1e-130", "0e125", "0e-130", "10e124"] {
        assert!(Number::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_number_counts_for_its_digits() {
    for (text, size) in
        [("0", 1), ("-0", 1), ("1", 2), ("42", 2), ("-42", 3), ("100", 2), ("123", 3), ("0.5", 2), ("1.5", 3)]
    {
        assert_eq!(number(text).size(), size, "{text}");
    }
}

#[test]
fn sums_cancel_exactly() {
    let (one, nines) = (number("1e38"), number("99999999999999999999999999999999999999"));
    assert_eq!(one.minus(&nines).unwrap(), number("1"));
    assert_eq!(nines.plus(&number("1")).unwrap(), one);
    assert_eq!(one.minus(&number("0.1")), Err(Fault::validation(PRECISE)));
    assert_eq!(number("1e125").minus(&number("1e125")).unwrap(), number("0"));
}

#[test]
fn order_is_that_of_the_values_also_of_their_bytes() {
    let ordered = [
        "-9.9999999999999999999999999999999999999e125",
        "-100",
        "-10.5",
        "-10",
        "-1.01",
        "-1",
        "-0.999",
        "-1e-130",
        "0",
        "1e-130",
        "0.999",
        "1",
        "1.01",
        "1.1",
        "10",
        "10.5",
        "99",
        "100",
        "9.9999999999999999999999999999999999999e125",
    ];
    for pair in ordered.windows(2) {
        let (less, more) = (number(pair[0]), number(pair[1]));
        assert!(less < more && less.sortable() < more.sortable(), "{pair:?}");
    }
}

fn any_number() -> impl Strategy<Value = Number> {
    let digits = prop_oneof![any::<i128>(), (-1000i128..1000), Just(0)];
    (digits, prop_oneof![-5i32..5, -130i32..88]).prop_filter_map("in range", |(digits, exponent)| {
        let digits = digits / 10_i128.pow(u32::from(digits.unsigned_abs() >= 10_u128.pow(38)));
        Number::parse(&format!("{digits}e{exponent}")).ok()
    })
}

proptest! {
    #[test]
    fn a_number_reads_as_it_was_written(number in any_number()) {
        prop_assert_eq!(Number::parse(&number.to_string()), Ok(number));
    }

    #[test]
    fn any_text_is_a_number_or_refused(text in prop_oneof![any::<String>(), "[-+]?[0-9]{0,40}\\.?[0-9]{0,40}([eE][-+]?[0-9]{0,4})?"]) {
        if let Ok(number) = Number::parse(&text) {
            prop_assert_eq!(text.parse::<BigDecimal>().ok().map(|value| value == number.0), Some(true), "{}", text);
        }
    }

    #[test]
    fn sums_are_exact_or_refused(left in any_number(), right in any_number()) {
        for (exact, checked) in [(&left.0 + &right.0, left.plus(&right)), (&left.0 - &right.0, left.minus(&right))] {
            match Number::parse(&exact.to_plain_string()) {
                Ok(number) => prop_assert_eq!(checked, Ok(number)),
                Err(fault) => prop_assert_eq!(checked, Err(fault)),
            }
        }
    }

    #[test]
    fn sums_of_whole_numbers_are_those_of_the_machine(left in -(1i128 << 125)..(1i128 << 125), right in -(1i128 << 125)..(1i128 << 125)) {
        let number = |value: i128| Number::parse(&value.to_string());
        if let (Ok(one), Ok(two)) = (number(left), number(right)) {
            prop_assert_eq!(one.plus(&two), number(left + right));
            prop_assert_eq!(one.minus(&two), number(left - right));
        }
    }

    #[test]
    fn bytes_sort_like_the_numbers(left in any_number(), right in any_number()) {
        prop_assert_eq!(left.sortable().cmp(&right.sortable()), left.cmp(&right));
        prop_assert!(left.sortable().len() <= 22);
    }
}
