//! Conditions: OR binds least, then AND, then NOT, then comparators.

use super::{Parser, redundant};
use crate::records::expression::syntax::{Comparator, Condition, Operand};
use crate::records::expression::token::Kind;

/// What stands where a condition may: parentheses may hold one, or only an operand of one.
enum Tree {
    Condition(Condition),
    Operand(Operand),
}

/// It, and whether it is in parentheses.
type Parsed = (Tree, bool);

impl Parser<'_> {
    pub(super) fn condition(&mut self) -> Result<Condition, String> {
        let parsed = self.any()?;
        self.whole(parsed)
    }

    /// A condition, where an operand alone does not do; a function may be one.
    fn whole(&self, (tree, _): Parsed) -> Result<Condition, String> {
        match tree {
            Tree::Condition(condition) => Ok(condition),
            Tree::Operand(Operand::Call(function, operands)) => Ok(Condition::Call(function, operands)),
            Tree::Operand(_) => self.error(),
        }
    }

    fn any(&mut self) -> Result<Parsed, String> {
        self.joined("OR", Self::all, Condition::Any)
    }

    fn all(&mut self) -> Result<Parsed, String> {
        self.joined("AND", Self::negated, Condition::All)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Parsed, String>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Result<Parsed, String> {
        let first = part(self)?;
        if !self.peek().is_some_and(|token| token.is_word(word)) {
            return Ok(first);
        }
        let mut parts = vec![self.whole(first)?];
        while self.takes_operator(word)? {
            let parsed = part(self)?;
            parts.push(self.whole(parsed)?);
        }
        Ok((Tree::Condition(join(parts)), false))
    }

    fn negated(&mut self) -> Result<Parsed, String> {
        let mut times: usize = 0;
        while self.takes_operator("NOT")? {
            times = times.saturating_add(1);
        }
        let parsed = self.comparison()?;
        if times == 0 {
            return Ok(parsed);
        }
        let inner = self.whole(parsed)?;
        let negated = (0..times).fold(inner, |inner, _| Condition::Not(Box::new(inner)));
        Ok((Tree::Condition(negated), false))
    }

    fn comparison(&mut self) -> Result<Parsed, String> {
        let (left, grouped) = match self.group()? {
            (Tree::Operand(operand), grouped) => (operand, grouped),
            condition => return Ok(condition),
        };
        let comparator = self.peek().filter(|token| token.kind == Kind::Sign);
        let condition = if let Some(comparator) = comparator.and_then(|token| Comparator::signed(token.text)) {
            self.operator()?;
            Condition::Compare(left, comparator, self.operand()?.0)
        } else if self.takes_operator("BETWEEN")? {
            let low = self.operand()?.0;
            if !self.peek().is_some_and(|token| token.is_word("AND")) {
                return self.error();
            }
            self.skip();
            Condition::Between(Box::new([left, low, self.operand()?.0]))
        } else if self.takes_operator("IN")? {
            self.expect("(")?;
            let operands = self.list(|parser| parser.operand().map(|(operand, _)| operand))?;
            self.expect(")")?;
            Condition::In(left, operands)
        } else {
            return Ok((Tree::Operand(left), grouped));
        };
        Ok((Tree::Condition(condition), false))
    }

    /// Parentheses, or an operand.
    fn group(&mut self) -> Result<Parsed, String> {
        if !self.peek().is_some_and(|token| token.is_sign("(")) {
            return self.operand().map(|(operand, _)| (Tree::Operand(operand), false));
        }
        self.open()?;
        let (tree, grouped) = self.any()?;
        self.close()?;
        if grouped { redundant() } else { Ok((tree, true)) }
    }
}
