//! Writing expressions: what is written reads as the same expression.

use std::fmt::{self, Display, Formatter};

use super::{Condition, Operand, Projection, Update};
use crate::records::expression::path::Path;

struct List<'a, T>(&'a [T], &'a str);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, part)| {
            formatter.write_str(if at == 0 { "" } else { self.1 })?;
            part.fmt(formatter)
        })
    }
}

/// A part, in parentheses if need be.
struct Part<'a, T>(&'a T, bool);

impl<T: Display> Display for Part<'_, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if self.1 { write!(formatter, "({})", self.0) } else { self.0.fmt(formatter) }
    }
}

impl Display for Operand {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let part = |operand: &Self| matches!(operand, Self::Sum(..));
        match self {
            Self::Path(path) => path.fmt(formatter),
            Self::Value(placeholder) => formatter.write_str(placeholder),
            Self::Call(function, operands) => {
                let operands: Vec<_> = operands.iter().map(|operand| Part(operand, part(operand))).collect();
                write!(formatter, "{}({})", function.name(), List(&operands, ", "))
            }
            Self::Sum(left, sign, right) => {
                write!(formatter, "{} {} {}", Part(&**left, part(left)), sign.sign(), Part(&**right, part(right)))
            }
        }
    }
}

impl Display for Condition {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let joined = |parts: &[Self], word: &str, formatter: &mut Formatter<'_>| {
            let any = word == " OR ";
            let part = |part: &Self| matches!(part, Self::Any(_)) || matches!(part, Self::All(_)) && !any;
            let parts: Vec<_> = parts.iter().map(|one| Part(one, part(one))).collect();
            write!(formatter, "{}", List(&parts, word))
        };
        match self {
            Self::Compare(left, comparator, right) => write!(formatter, "{left} {} {right}", comparator.sign()),
            Self::Between(operands) => {
                let [operand, low, high] = &**operands;
                write!(formatter, "{operand} BETWEEN {low} AND {high}")
            }
            Self::In(operand, operands) => write!(formatter, "{operand} IN ({})", List(operands, ", ")),
            Self::Call(function, operands) => write!(formatter, "{}({})", function.name(), List(operands, ", ")),
            Self::All(parts) => joined(parts, " AND ", formatter),
            Self::Any(parts) => joined(parts, " OR ", formatter),
            Self::Not(inner) => {
                write!(formatter, "NOT {}", Part(&**inner, matches!(**inner, Self::All(_) | Self::Any(_))))
            }
        }
    }
}

impl Display for Update {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let pairs = |word: &str, between: &str, pairs: Vec<(&Path, String)>| {
            let pairs: Vec<_> = pairs.into_iter().map(|(path, value)| format!("{path}{between}{value}")).collect();
            if pairs.is_empty() { None } else { Some(format!("{word} {}", pairs.join(", "))) }
        };
        let sections = [
            pairs("SET", " = ", self.set.iter().map(|(path, value)| (path, value.to_string())).collect()),
            pairs("REMOVE", "", self.remove.iter().map(|path| (path, String::new())).collect()),
            pairs("ADD", " ", self.add.iter().map(|(path, value)| (path, value.clone())).collect()),
            pairs("DELETE", " ", self.delete.iter().map(|(path, value)| (path, value.clone())).collect()),
        ];
        let sections: Vec<_> = sections.into_iter().flatten().collect();
        formatter.write_str(&sections.join(" "))
    }
}

impl Display for Projection {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        List(&self.0, ", ").fmt(formatter)
    }
}
