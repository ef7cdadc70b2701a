//! The parser of expressions: a recursive descent with a bound on depth.

mod condition;
mod update;

use super::path::{Path, Step};
use super::reserved::is_reserved;
use super::syntax::{Arithmetic, Condition, Function, Operand, Place, Projection, Update};
use super::token::{Kind, Token, syntax_error, tokens};

/// The most operators and functions of an expression. (Amazon DynamoDB Developer Guide, "Quotas in DynamoDB", "Expression
/// parameters".)
const MOST_OPERATORS: usize = 300;
/// The deepest nesting of parentheses. Each pair but the innermost needs an operator of its own within, or is redundant.
const DEEPEST: usize = MOST_OPERATORS + 1;
/// Words that are no names.
const KEYWORDS: [&str; 9] = ["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"];

/// Reads a condition.
pub(super) fn condition(text: &str) -> Result<Condition, String> {
    Parser::new(text, Place::Operand)?.whole(Parser::condition)
}

/// Reads an update.
pub(super) fn update(text: &str) -> Result<Update, String> {
    Parser::new(text, Place::Update)?.whole(Parser::update)
}

/// Reads a projection.
pub(super) fn projection(text: &str) -> Result<Projection, String> {
    Parser::new(text, Place::Operand)?.whole(|parser| parser.list(Parser::path).map(Projection))
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    /// Index of the next token.
    at: usize,
    /// How many operators and functions were read.
    operators: usize,
    /// How many parentheses are open.
    depth: usize,
    /// Where operands stand.
    place: Place,
    /// The first word that is wrong although the syntax is right.
    wrong: Option<String>,
}

impl<'a> Parser<'a> {
    /// A parser at the beginning of a text without unreadable characters.
    fn new(text: &'a str, place: Place) -> Result<Self, String> {
        let tokens = tokens(text);
        match tokens.iter().position(|token| token.kind == Kind::Unreadable) {
            Some(at) => Err(syntax_error(text, &tokens, at)),
            None => Ok(Self { text, tokens, at: 0, operators: 0, depth: 0, place, wrong: None }),
        }
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// The syntax error at the next token.
    fn error<T>(&self) -> Result<T, String> {
        Err(syntax_error(self.text, &self.tokens, self.at))
    }

    /// What the whole text is. DynamoDB looks at the syntax first, then at the words.
    fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        let read = read(&mut self)?;
        match self.wrong {
            _ if self.peek().is_some() => self.error(),
            Some(wrong) => Err(wrong),
            None => Ok(read),
        }
    }

    /// Keeps the first word that is wrong.
    fn mark(&mut self, wrong: String) {
        self.wrong.get_or_insert(wrong);
    }

    fn is_sign(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.is_sign(sign))
    }

    fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    /// Takes a sign if it is next.
    fn takes(&mut self, sign: &str) -> bool {
        let next = self.is_sign(sign);
        if next {
            self.skip();
        }
        next
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { self.error() }
    }

    /// Takes an operator that is a word, if it is next.
    fn takes_operator(&mut self, word: &str) -> Result<bool, String> {
        if !self.is_word(word) {
            return Ok(false);
        }
        self.operator()?;
        Ok(true)
    }

    /// Takes an operator or the name of a function, and counts it.
    fn operator(&mut self) -> Result<(), String> {
        self.skip();
        self.operators = self.operators.saturating_add(1);
        if self.operators <= MOST_OPERATORS {
            return Ok(());
        }
        Err(format!("The expression contains too many operators; operator count: {}", self.operators))
    }

    /// Goes into parentheses.
    fn open(&mut self) -> Result<(), String> {
        self.skip();
        self.depth = self.depth.saturating_add(1);
        if self.depth <= DEEPEST { Ok(()) } else { redundant() }
    }

    fn close(&mut self) -> Result<(), String> {
        self.depth = self.depth.saturating_sub(1);
        self.expect(")")
    }

    /// One or more, with commas between.
    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut list = vec![one(self)?];
        while self.takes(",") {
            list.push(one(self)?);
        }
        Ok(list)
    }

    /// A placeholder of a value.
    fn value(&mut self) -> Result<String, String> {
        match self.peek() {
            Some(token) if token.kind == Kind::Value => {
                self.skip();
                Ok(token.text.to_owned())
            }
            _ => self.error(),
        }
    }

    fn path(&mut self) -> Result<Path, String> {
        let mut steps = vec![self.name()?];
        loop {
            if self.takes(".") {
                steps.push(self.name()?);
            } else if self.takes("[") {
                steps.push(self.index()?);
                self.expect("]")?;
            } else {
                return Ok(Path(steps));
            }
        }
    }

    fn name(&mut self) -> Result<Step, String> {
        let Some(token) = self.peek() else { return self.error() };
        let keyword = || KEYWORDS.iter().any(|keyword| token.is_word(keyword));
        match token.kind {
            Kind::Word if keyword() => return self.error(),
            Kind::Word if is_reserved(token.text) => {
                self.mark(format!("Attribute name is a reserved keyword; reserved keyword: {}", token.text));
            }
            Kind::Word | Kind::Name => {}
            _ => return self.error(),
        }
        self.skip();
        Ok(Step::Name(token.text.to_owned()))
    }

    fn index(&mut self) -> Result<Step, String> {
        let Some(token) = self.peek().filter(|token| token.kind == Kind::Number) else { return self.error() };
        self.skip();
        let index = token.text.parse().ok().filter(|index| i32::try_from(*index).is_ok());
        if index.is_none() {
            self.mark(format!("List index is not within the allowable range; index: [{}]", token.text));
        }
        Ok(Step::Index(index.unwrap_or_default()))
    }

    /// An operand, and whether it is one in parentheses.
    fn operand(&mut self) -> Result<(Operand, bool), String> {
        let Some(token) = self.peek() else { return self.error() };
        if token.is_sign("(") {
            self.open()?;
            let (operand, grouped) = self.sum()?;
            self.close()?;
            return if grouped { redundant() } else { Ok((operand, true)) };
        }
        let operand = if token.kind == Kind::Value {
            Operand::Value(self.value()?)
        } else if self.calls(token) {
            self.call(token)?
        } else {
            Operand::Path(self.path()?)
        };
        Ok((operand, false))
    }

    /// An operand; in updates also the sum of two.
    fn sum(&mut self) -> Result<(Operand, bool), String> {
        let (left, grouped) = self.operand()?;
        let sign = match self.peek() {
            Some(token) if self.place != Place::Update || token.kind != Kind::Sign => None,
            Some(token) => [Arithmetic::Plus, Arithmetic::Minus].into_iter().find(|sign| token.is_sign(sign.sign())),
            None => None,
        };
        let Some(sign) = sign else { return Ok((left, grouped)) };
        self.operator()?;
        let (right, _) = self.operand()?;
        Ok((Operand::Sum(Box::new(left), sign, Box::new(right)), false))
    }

    /// Whether the next token is the name of a function that is called.
    fn calls(&self, token: Token<'_>) -> bool {
        let behind = self.at.checked_add(1).and_then(|behind| self.tokens.get(behind));
        let keyword = KEYWORDS.iter().any(|keyword| token.is_word(keyword));
        token.kind == Kind::Word && !keyword && behind.is_some_and(|token| token.is_sign("("))
    }

    fn call(&mut self, token: Token<'_>) -> Result<Operand, String> {
        let function = Function::named(token.text);
        if function.is_none() {
            self.mark(format!("Invalid function name; function: {}", token.text));
        }
        self.operator()?;
        self.open()?;
        let operands = self.list(|parser| parser.operand().map(|(operand, _)| operand))?;
        self.close()?;
        // In the place of one that there is not stands any, for its name is marked.
        Ok(Operand::Call(function.unwrap_or(Function::Size), operands))
    }
}

fn redundant<T>() -> Result<T, String> {
    Err("The expression has redundant parentheses;".to_owned())
}
