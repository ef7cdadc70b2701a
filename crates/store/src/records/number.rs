//! Numbers: decimal, at most 38 significant digits, magnitude from 1E-130 to just under 1E+126.

use std::fmt;

use bigdecimal::BigDecimal;

use super::Fault;

/// A number of an attribute; equal when the values are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

impl Number {
    /// Reads a number.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let read = domain::number::canonical(text).and_then(|plain| plain.parse().ok());
        read.map(Self).ok_or_else(|| Fault::validation("The parameter cannot be converted to a numeric value"))
    }
}

/// The digits, without an exponent.
impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_plain_string())
    }
}
