//! Expressions as they are written: what the parser reads, before placeholders are looked up.

use std::fmt::{self, Display, Formatter};

use super::path::Path;

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    AttributeExists,
    AttributeNotExists,
    AttributeType,
    BeginsWith,
    Contains,
    Size,
    IfNotExists,
    ListAppend,
}

/// Where a function belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is a condition.
    Condition,
    /// It is an operand of a condition.
    Operand,
    /// It is an operand of an update.
    Update,
}

impl Function {
    const ALL: [Self; 8] = [
        Self::AttributeExists,
        Self::AttributeNotExists,
        Self::AttributeType,
        Self::BeginsWith,
        Self::Contains,
        Self::Size,
        Self::IfNotExists,
        Self::ListAppend,
    ];

    /// The function of a name; their letters count. (Amazon DynamoDB Developer Guide, "Condition and filter expressions,
    /// operators, and functions".)
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AttributeExists => "attribute_exists",
            Self::AttributeNotExists => "attribute_not_exists",
            Self::AttributeType => "attribute_type",
            Self::BeginsWith => "begins_with",
            Self::Contains => "contains",
            Self::Size => "size",
            Self::IfNotExists => "if_not_exists",
            Self::ListAppend => "list_append",
        }
    }

    /// How many operands it takes.
    const fn operands(self) -> usize {
        match self {
            Self::AttributeExists | Self::AttributeNotExists | Self::Size => 1,
            _ => 2,
        }
    }

    const fn place(self) -> Place {
        match self {
            Self::Size => Place::Operand,
            Self::IfNotExists | Self::ListAppend => Place::Update,
            _ => Place::Condition,
        }
    }

    /// Refuses it in a place where it does not belong, and with too few or too many operands.
    pub(super) fn check(self, place: Place, operands: usize) -> Result<(), String> {
        let name = self.name();
        match (self.place(), place) {
            (own, place) if own == place => {}
            (_, Place::Update) => {
                return Err(format!("The function is not allowed in an update expression; function: {name}"));
            }
            (Place::Update, _) => {
                return Err(format!("The function is not allowed in a condition expression; function: {name}"));
            }
            _ => {
                return Err(format!(
                    "The function is not allowed to be used this way in an expression; function: {name}"
                ));
            }
        }
        if operands == self.operands() { Ok(()) } else { Err(self.wrong_operands(operands)) }
    }

    /// Why it is refused with so many operands.
    pub(super) fn wrong_operands(self, operands: usize) -> String {
        format!(
            "Incorrect number of operands for operator or function; operator or function: {}, number of operands: {operands}",
            self.name()
        )
    }
}

/// A comparator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];

    /// The comparator of a sign.
    pub(super) fn signed(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparator| comparator.sign() == sign)
    }

    /// Its sign.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// Plus or minus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Plus,
    Minus,
}

impl Arithmetic {
    /// Its sign.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
        }
    }
}

/// What is compared, or assigned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Path(Path),
    /// A placeholder, with its colon.
    Value(String),
    Call(Function, Vec<Self>),
    /// In updates.
    Sum(Box<Self>, Arithmetic, Box<Self>),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Compare(Operand, Comparator, Operand),
    Between(Box<[Operand; 3]>),
    In(Operand, Vec<Operand>),
    Call(Function, Vec<Operand>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// An update, section by section.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Update {
    pub(super) set: Vec<(Path, Operand)>,
    pub(super) remove: Vec<Path>,
    /// With placeholders.
    pub(super) add: Vec<(Path, String)>,
    /// With placeholders.
    pub(super) delete: Vec<(Path, String)>,
}

/// A projection.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Projection(pub(super) Vec<Path>);

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
