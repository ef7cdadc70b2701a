//! What ComparisonOperator may be.

use crate::records::expression::{Comparator, Condition, ConditionOperand as Operand, Path, kind, order};
use crate::records::{Attribute, Fault};

/// The most values of IN: as many as in expressions, for no document of Amazon's names another bound.
const MOST_ALTERNATIVES: usize = 100;

/// A ComparisonOperator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    NotNull,
    Null,
    Contains,
    NotContains,
    BeginsWith,
    In,
    Between,
}

impl Comparison {
    const ALL: [Self; 13] = [
        Self::Equal,
        Self::NotEqual,
        Self::LessOrEqual,
        Self::Less,
        Self::GreaterOrEqual,
        Self::Greater,
        Self::NotNull,
        Self::Null,
        Self::Contains,
        Self::NotContains,
        Self::BeginsWith,
        Self::In,
        Self::Between,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Equal => "EQ",
            Self::NotEqual => "NE",
            Self::LessOrEqual => "LE",
            Self::Less => "LT",
            Self::GreaterOrEqual => "GE",
            Self::Greater => "GT",
            Self::NotNull => "NOT_NULL",
            Self::Null => "NULL",
            Self::Contains => "CONTAINS",
            Self::NotContains => "NOT_CONTAINS",
            Self::BeginsWith => "BEGINS_WITH",
            Self::In => "IN",
            Self::Between => "BETWEEN",
        }
    }

    /// The operator of a name; its letters count.
    pub(super) fn named(name: &str) -> Result<Self, Fault> {
        Self::ALL
            .into_iter()
            .find(|comparison| comparison.name() == name)
            .ok_or_else(|| Fault::validation("One or more parameter values were invalid: Invalid comparison operator"))
    }

    /// Refuses values that it does not take: too few or too many, of a wrong kind, of several kinds, or bounds the wrong way round. Expected
    /// and ScanFilter are checked alike, as the authors of dynalite recorded AWS and as DynamoDB Local does it.
    pub(super) fn check(self, values: &[Attribute]) -> Result<(), Fault> {
        self.takes(values.len())?;
        for value in values {
            self.fits(value)?;
            if values.first().is_some_and(|first| kind(first) != kind(value)) {
                return Err(Fault::validation(
                    "One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type",
                ));
            }
        }
        match (self, values) {
            (Self::Between, [low, high]) if order(low, high).is_some_and(std::cmp::Ordering::is_gt) => {
                Err(Fault::validation(
                    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a number of values that it does not take.
    fn takes(self, values: usize) -> Result<(), Fault> {
        let fits = match self {
            Self::NotNull | Self::Null => values == 0,
            Self::In => (1..=MOST_ALTERNATIVES).contains(&values),
            Self::Between => values == 2,
            _ => values == 1,
        };
        if fits { Ok(()) } else { Err(self.wrong_number()) }
    }

    fn wrong_number(self) -> Fault {
        Fault::validation(format!(
            "One or more parameter values were invalid: Invalid number of argument(s) for the {} ComparisonOperator",
            self.name()
        ))
    }

    /// Refuses a value of a kind that it does not take.
    fn fits(self, value: &Attribute) -> Result<(), Fault> {
        let kind = kind(value);
        let fits = match self {
            Self::Equal | Self::NotEqual | Self::NotNull | Self::Null => true,
            Self::Contains | Self::NotContains => matches!(kind, "S" | "N" | "B" | "BOOL" | "NULL"),
            Self::BeginsWith => matches!(kind, "S" | "B"),
            _ => matches!(kind, "S" | "N" | "B"),
        };
        if fits {
            return Ok(());
        }
        Err(Fault::validation(format!(
            "One or more parameter values were invalid: ComparisonOperator {} is not valid for {kind} AttributeValue type",
            self.name()
        )))
    }

    /// The condition that an attribute meets it with values.
    pub(super) fn condition(self, name: &str, values: &[Attribute]) -> Result<Condition, Fault> {
        let path = || Operand::Path(Path::attribute(name));
        let not = |condition| Condition::Not(Box::new(condition));
        let compare = |comparator, value: &Attribute| {
            Condition::Compare(path(), comparator, Operand::Value(value.clone().into()))
        };
        Ok(match (self, values) {
            (Self::Null, _) => not(Condition::Exists(Path::attribute(name))),
            (Self::NotNull, _) => Condition::Exists(Path::attribute(name)),
            (Self::In, values) => {
                Condition::In(path(), values.iter().map(|value| Operand::Value(value.clone().into())).collect())
            }
            (Self::Between, [low, high]) => {
                let bound = |value: &Attribute| Operand::Value(value.clone().into());
                Condition::Between(Box::new([path(), bound(low), bound(high)]))
            }
            (Self::Equal, [value]) => compare(Comparator::Equal, value),
            (Self::NotEqual, [value]) => compare(Comparator::NotEqual, value),
            (Self::LessOrEqual, [value]) => compare(Comparator::LessOrEqual, value),
            (Self::Less, [value]) => compare(Comparator::Less, value),
            (Self::GreaterOrEqual, [value]) => compare(Comparator::GreaterOrEqual, value),
            (Self::Greater, [value]) => compare(Comparator::Greater, value),
            (Self::BeginsWith, [value]) => Condition::BeginsWith(path(), Operand::Value(value.clone().into())),
            (Self::Contains, [value]) => Condition::Contains(path(), Operand::Value(value.clone().into())),
            // What is not there does not meet it, as DynamoDB Local has it.
            (Self::NotContains, [value]) => {
                let contains = Condition::Contains(path(), Operand::Value(value.clone().into()));
                Condition::All(vec![Condition::Exists(Path::attribute(name)), not(contains)])
            }
            _ => return Err(self.wrong_number()),
        })
    }
}
