//! Numbers as DynamoDB keeps them, on every store alike: decimal, at most 38 significant digits, magnitude from 1E-130 to just
//! under 1E+126. (Amazon DynamoDB Developer Guide, "Supported data types and naming rules", Number.)

use crate::limits::NUMBER_DIGITS;

/// The greatest power of ten of a leading digit.
const GREATEST_EXPONENT: i64 = 125;
/// The least power of ten of a leading digit.
const LEAST_EXPONENT: i64 = -130;

/// The plain decimal form of a JSON number, without superfluous zeros; none when it is outside of the range.
pub fn canonical(text: &str) -> Option<String> {
    if is_plain_integer(text) {
        return Some(text.to_owned());
    }
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (text, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let leading_zeros = i64::try_from(digits.len().checked_sub(significant.len())?).ok()?;
    // Where the decimal point stands, counted from the first significant digit.
    let point = i64::try_from(whole.len()).ok()?.checked_sub(leading_zeros)?.checked_add(exponent.parse().ok()?)?;
    let significant = significant.trim_end_matches('0');
    let in_range = (LEAST_EXPONENT..=GREATEST_EXPONENT).contains(&point.checked_sub(1)?);
    if significant.len() > NUMBER_DIGITS || !in_range {
        return None;
    }
    let plain = place_point(significant, point)?;
    Some(if negative { format!("-{plain}") } else { plain })
}

fn is_plain_integer(text: &str) -> bool {
    text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn place_point(digits: &str, point: i64) -> Option<String> {
    let Ok(before) = usize::try_from(point) else {
        let zeros = usize::try_from(point.checked_neg()?).ok()?;
        return Some(format!("0.{}{digits}", "0".repeat(zeros)));
    };
    Some(match digits.split_at_checked(before) {
        Some(("", fraction)) => format!("0.{fraction}"),
        Some((whole, "")) => whole.to_owned(),
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => format!("{digits:0<before$}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_numbers_have_one_form() {
        for (text, plain) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.00", "0"),
            ("-0e5", "0"),
            ("1617278400.0", "1617278400"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            ("-12.5E-1", "-1.25"),
            ("100", "100"),
            ("0.001e1", "0.01"),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(plain), "{text}");
        }
    }

    #[test]
    fn numbers_beyond_dynamodbs_range_are_refused() {
        for text in [
            "123456789012345678901234567890123456789",
            "1e126",
            "-1e126",
            "1e-131",
            "1e999999999999999999999",
            "0.1234567890123456789012345678901234567891",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
        assert!(canonical("9.9999999999999999999999999999999999999e125").is_some());
        assert!(canonical("1e-130").is_some());
    }

    proptest! {
        #[test]
        fn the_form_is_stable_and_keeps_the_value(mantissa in -1_000_000_000_000_000i64..1_000_000_000_000_000, exponent in -40i32..40) {
            let text = format!("{mantissa}e{exponent}");
            let plain = canonical(&text).unwrap();
            prop_assert_eq!(canonical(&plain), Some(plain.clone()));
            let (a, b): (f64, f64) = (text.parse().unwrap(), plain.parse().unwrap());
            prop_assert_eq!(a.to_bits(), (if mantissa == 0 { 0.0 } else { b }).to_bits());
        }
    }
}
