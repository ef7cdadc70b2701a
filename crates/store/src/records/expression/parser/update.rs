//! Updates: sections of actions.

use super::Parser;
use crate::records::expression::path::Path;
use crate::records::expression::syntax::Update;

const SECTIONS: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];

impl Parser<'_> {
    pub(super) fn update(&mut self) -> Result<Update, String> {
        let mut update = Update::default();
        let mut seen = Vec::new();
        while self.peek().is_some() || seen.is_empty() {
            let token = self.peek();
            let section = SECTIONS.into_iter().find(|section| token.is_some_and(|token| token.is_word(section)));
            let Some(section) = section else { return self.error() };
            if seen.contains(&section) {
                return Err(format!("The \"{section}\" section can only be used once in an update expression;"));
            }
            seen.push(section);
            self.skip();
            match section {
                "SET" => update.set = self.list(Self::assignment)?,
                "REMOVE" => update.remove = self.list(Self::path)?,
                "ADD" => update.add = self.list(Self::pair)?,
                _ => update.delete = self.list(Self::pair)?,
            }
        }
        Ok(update)
    }

    fn assignment(&mut self) -> Result<(Path, super::Operand), String> {
        let path = self.path()?;
        self.expect("=")?;
        Ok((path, self.sum()?.0))
    }

    fn pair(&mut self) -> Result<(Path, String), String> {
        Ok((self.path()?, self.value()?))
    }
}
