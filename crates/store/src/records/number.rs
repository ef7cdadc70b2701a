//! Numbers: decimal, at most 38 significant digits, magnitude from 1E-130 to just under 1E+126. (Amazon DynamoDB Developer Guide,
//! "Supported data types and naming rules", Number.)

use std::fmt;
use std::ops::RangeInclusive;

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::{BigDecimal, Zero};
use domain::limits::NUMBER_DIGITS;

use super::Fault;

/// The powers of ten that a first digit may have.
const MAGNITUDES: RangeInclusive<i64> = -130..=125;

/// Digits that always fit into 64 bits: most numbers have fewer, and nothing else.
const SHORT_DIGITS: usize = 18;

/// A number of an attribute; equal when the values are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

impl Number {
    /// Reads a number: a sign, digits with a point among or around them, and an exponent, of which all but one digit may be missing.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() <= SHORT_DIGITS
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(short) = text.parse()
        {
            return Ok(Self::short(short));
        }
        let written = Written::read(text).ok_or_else(|| {
            Fault::validation(format!("The parameter cannot be converted to a numeric value: {text}"))
        })?;
        let significant = written.digits.trim_start_matches('0');
        if significant.is_empty() {
            // Zero has no magnitude; DynamoDB takes that of its last digit.
            return in_range(written.exponent).map(|()| Self(BigDecimal::zero()));
        }
        let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
        let magnitude = length(significant).saturating_sub(1).saturating_add(written.exponent);
        let trimmed = significant.trim_end_matches('0');
        if trimmed.len() > NUMBER_DIGITS {
            return Err(too_precise());
        }
        in_range(magnitude)?;
        let digits = BigInt::parse_bytes(trimmed.as_bytes(), 10).unwrap_or_default();
        let digits = if written.negative { -digits } else { digits };
        Ok(Self(BigDecimal::new(digits, length(trimmed).saturating_sub(1).saturating_sub(magnitude))))
    }

    /// The same number as of its digits, for one that is in range.
    fn short(mut digits: u64) -> Self {
        let mut zeros = 0_i64;
        while digits > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            zeros = zeros.saturating_add(1);
        }
        Self(BigDecimal::new(digits.into(), zeros.saturating_neg()))
    }

    /// The sum, as far as there is such a number.
    pub(crate) fn plus(&self, other: &Self) -> Result<Self, Fault> {
        Self::checked(&self.0 + &other.0)
    }

    /// The difference, as far as there is such a number.
    pub(crate) fn minus(&self, other: &Self) -> Result<Self, Fault> {
        Self::checked(&self.0 - &other.0)
    }

    fn checked(value: BigDecimal) -> Result<Self, Fault> {
        let number = Self(value.normalized());
        if number.digits().len() > NUMBER_DIGITS {
            return Err(too_precise());
        }
        in_range(number.magnitude())?;
        Ok(number)
    }

    /// The digits between the first and the last that is not zero; `0` of zero.
    fn digits(&self) -> String {
        self.0.normalized().as_bigint_and_exponent().0.magnitude().to_string()
    }

    /// The power of ten of the first digit; 0 of zero.
    fn magnitude(&self) -> i64 {
        if self.0.is_zero() { 0 } else { self.0.order_of_magnitude() }
    }

    /// What it counts for in the size of an item, in bytes: one, and one for every two digits before the point and behind it, and
    /// one for the sign. (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".)
    pub(crate) fn size(&self) -> usize {
        if self.0.is_zero() {
            return 1;
        }
        let digits = self.digits().len();
        let before = usize::try_from(self.magnitude().saturating_add(1)).unwrap_or(0).min(digits);
        let behind = digits.saturating_sub(before);
        let sign = usize::from(self.0.sign() == Sign::Minus);
        before.div_ceil(2).saturating_add(behind.div_ceil(2)).saturating_add(1).saturating_add(sign)
    }

    /// Bytes whose order is that of the numbers; at most 22.
    ///
    /// The first byte is the sign, the second the power of ten of the first digit; then a byte stands for every two digits. Of a
    /// negative number all of that is turned over, and a last byte puts those with fewer digits behind those with more.
    pub fn sortable(&self) -> Vec<u8> {
        if self.0.is_zero() {
            return vec![0x80];
        }
        let negative = self.0.sign() == Sign::Minus;
        let magnitude = self.magnitude().saturating_sub(*MAGNITUDES.start());
        let magnitude = u8::try_from(magnitude).unwrap_or(u8::MAX);
        let digits = self.digits();
        let pairs = digits.as_bytes().chunks(2).map(|pair| {
            let digit = |at: usize| pair.get(at).map_or(0, |digit| digit.saturating_sub(b'0'));
            digit(0).saturating_mul(10).saturating_add(digit(1)).saturating_add(1)
        });
        let bytes = std::iter::once(magnitude).chain(pairs);
        if negative {
            std::iter::once(0x40).chain(bytes.map(|byte| !byte)).chain([u8::MAX]).collect()
        } else {
            std::iter::once(0xC0).chain(bytes).collect()
        }
    }
}

impl From<usize> for Number {
    fn from(count: usize) -> Self {
        Self(BigDecimal::from(u64::try_from(count).unwrap_or(u64::MAX)).normalized())
    }
}

fn in_range(magnitude: i64) -> Result<(), Fault> {
    let wrong = if magnitude > *MAGNITUDES.end() {
        "overflow. Attempting to store a number with magnitude larger than supported range"
    } else if magnitude < *MAGNITUDES.start() {
        "underflow. Attempting to store a number with magnitude smaller than supported range"
    } else {
        return Ok(());
    };
    Err(Fault::validation(format!("Number {wrong}")))
}

fn too_precise() -> Fault {
    Fault::validation("Attempting to store more than 38 significant digits in a Number")
}

/// The parts of a number as it is written.
struct Written {
    negative: bool,
    /// The digits before the point and behind it.
    digits: String,
    /// The power of ten of the last of them.
    exponent: i64,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = |text: &'_ str| text.strip_prefix(['+', '-']).map_or(text.len(), str::len);
        let unsigned = text.get(text.len().saturating_sub(unsigned(text))..)?;
        let (coefficient, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((coefficient, exponent)) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                let exponent = exponent.parse::<i64>().ok().filter(|_| all_digits(digits))?;
                (coefficient, exponent)
            }
            None => (unsigned, 0),
        };
        let (whole, fraction) = coefficient.split_once('.').unwrap_or((coefficient, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !all_digits(&digits) {
            return None;
        }
        let exponent = exponent.saturating_sub(i64::try_from(fraction.len()).ok()?);
        Some(Self { negative: text.starts_with('-'), digits, exponent })
    }
}

/// The digits, without an exponent.
impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
#[path = "number/tests.rs"]
mod tests;
