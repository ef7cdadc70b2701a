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
type Part = (Tree, bool);

/// What stands between two conditions.
enum Join {
    And,
    Or,
}

/// What is in parentheses, or the whole, as far as it is read.
#[derive(Default)]
struct Group {
    /// The parts before the last OR.
    any: Vec<Condition>,
    /// The parts before the last AND behind that.
    all: Vec<Condition>,
    /// How many NOT stand before the next part.
    negations: usize,
}

impl Parser<'_> {
    /// A condition. There is no recursion, for parentheses may be some hundred deep.
    pub(super) fn condition(&mut self) -> Result<Condition, String> {
        let (mut outer, mut group) = (Vec::new(), Group::default());
        loop {
            while self.takes_operator("NOT")? {
                group.negations = group.negations.saturating_add(1);
            }
            if self.is_sign("(") {
                self.open()?;
                outer.push(std::mem::take(&mut group));
                continue;
            }
            let operand = self.operand()?.0;
            let mut part = self.comparison(operand, false)?;
            let join = loop {
                if let Some(join) = self.join() {
                    break join;
                }
                let Some(around) = outer.pop() else { return Ok(group.end(self.is_condition(part)?)) };
                part = self.closed(std::mem::replace(&mut group, around), part)?;
            };
            group.add(self.is_condition(part)?, join);
            self.operator()?;
        }
    }

    /// The next token, if it joins conditions.
    fn join(&self) -> Option<Join> {
        if self.is_word("AND") {
            return Some(Join::And);
        }
        self.is_word("OR").then_some(Join::Or)
    }

    /// The part that a group in parentheses is, of which this is the last part.
    fn closed(&mut self, group: Group, last: Part) -> Result<Part, String> {
        let (tree, grouped) =
            if group.is_empty() { last } else { (Tree::Condition(group.end(self.is_condition(last)?)), false) };
        self.close()?;
        match tree {
            _ if grouped => redundant(),
            Tree::Operand(operand) => self.comparison(operand, true),
            condition => Ok((condition, true)),
        }
    }

    /// A condition, where an operand alone does not do; a function may be one.
    fn is_condition(&self, (tree, _): Part) -> Result<Condition, String> {
        match tree {
            Tree::Condition(condition) => Ok(condition),
            Tree::Operand(Operand::Call(function, operands)) => Ok(Condition::Call(function, operands)),
            Tree::Operand(_) => self.error(),
        }
    }

    /// What an operand is compared with, if it is; `grouped` says whether the operand is in parentheses.
    fn comparison(&mut self, left: Operand, grouped: bool) -> Result<Part, String> {
        let sign = self.peek().filter(|token| token.kind == Kind::Sign);
        let condition = if let Some(comparator) = sign.and_then(|token| Comparator::signed(token.text)) {
            self.operator()?;
            Condition::Compare(left, comparator, self.operand()?.0)
        } else if self.takes_operator("BETWEEN")? {
            let low = self.operand()?.0;
            if !self.is_word("AND") {
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
}

impl Group {
    /// Adds a part and what stands behind it.
    fn add(&mut self, part: Condition, join: Join) {
        match join {
            Join::And => {
                let part = self.negated(part);
                self.all.push(part);
            }
            Join::Or => {
                let part = self.conjunction(part);
                self.any.push(part);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.any.is_empty() && self.all.is_empty() && self.negations == 0
    }

    fn negated(&mut self, part: Condition) -> Condition {
        let negations = std::mem::take(&mut self.negations);
        (0..negations).fold(part, |part, _| Condition::Not(Box::new(part)))
    }

    /// The parts behind the last OR, of which this is the last.
    fn conjunction(&mut self, last: Condition) -> Condition {
        let last = self.negated(last);
        if self.all.is_empty() {
            return last;
        }
        let mut all = std::mem::take(&mut self.all);
        all.push(last);
        Condition::All(all)
    }

    /// The group, of which this is the last part.
    fn end(mut self, last: Condition) -> Condition {
        let last = self.conjunction(last);
        if self.any.is_empty() {
            return last;
        }
        self.any.push(last);
        Condition::Any(self.any)
    }
}
