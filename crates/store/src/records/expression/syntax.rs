//! Expressions as they are written: what the parser reads, before placeholders are looked up.

mod print;

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
            _ => return Err(self.misplaced()),
        }
        if operands == self.operands() { Ok(()) } else { Err(self.wrong_operands(operands)) }
    }

    /// Why it is refused in a place where another function may be.
    pub(super) fn misplaced(self) -> String {
        format!("The function is not allowed to be used this way in an expression; function: {}", self.name())
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
