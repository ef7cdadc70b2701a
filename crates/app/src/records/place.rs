//! Where in a payload something stands, and what is wrong there, in the words of the AWS SDK for Python.

use std::fmt;

use domain::Problem;
use domain::json::escape;
use domain::limits::{PROBLEMS, TEXT_BYTES};
use serde_json::Value;

use super::python;

/// Bytes of a place that are shown.
const PLACE_BYTES: usize = 200;

/// The event's own name of the table, as a JSON pointer.
pub(super) const TABLE_NAME: &str = "/tableName";

/// Where something stands in the payload; written out only for what is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Payload,
    Name(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The payload itself.
    pub(super) const fn payload() -> Self {
        Self { parent: None, step: Step::Payload }
    }

    /// A member of what stands here.
    pub(super) const fn name(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Name(name) }
    }

    /// An element of what stands here.
    pub(super) const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    /// The place in the body as a JSON pointer (RFC 6901).
    fn pointer(&self) -> String {
        let mut pointer = self.parent.map_or_else(|| "/payload".to_owned(), Place::pointer);
        match self.step {
            Step::Payload => {}
            Step::Name(name) => pointer.extend(["/", &escape(name)]),
            Step::Index(index) => pointer.extend(["/", &index.to_string()]),
        }
        pointer
    }
}

/// As the SDK writes it: `Item.tags[0]`, and `input` for the payload itself.
impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = match self.parent {
            Some(parent) => {
                let is_first = matches!(parent.step, Step::Payload);
                if !is_first {
                    parent.fmt(formatter)?;
                }
                is_first
            }
            None => true,
        };
        match self.step {
            Step::Payload => formatter.write_str("input"),
            Step::Name(name) if first => formatter.write_str(name),
            Step::Name(name) => write!(formatter, ".{name}"),
            Step::Index(index) => write!(formatter, "[{index}]"),
        }
    }
}

/// What is wrong with a payload: the first problems, at most [`PROBLEMS`], and fewer when their places are long.
#[derive(Debug, Default)]
pub(super) struct Wrong(Vec<Problem>);

impl Wrong {
    /// Notes that something is wrong at a place, which is given as text.
    pub(super) fn report(&mut self, place: &Place<'_>, detail: impl FnOnce(&str) -> String) {
        let named: usize = self.0.iter().map(|problem| problem.pointer.len()).sum();
        if self.0.len() < PROBLEMS && named < TEXT_BYTES {
            let detail = detail(&python::cut(place.to_string(), PLACE_BYTES));
            self.0.push(Problem { pointer: place.pointer(), detail });
        }
    }

    /// Notes that the value there is of another type than those.
    pub(super) fn report_type(&mut self, place: &Place<'_>, value: &Value, wanted: &str) {
        self.report(place, |place| {
            let (shown, class) = (python::text(value), python::class(value));
            format!(
                "Invalid type for parameter {place}, value: {shown}, type: <class '{class}'>, valid types: {wanted}"
            )
        });
    }

    /// Whether nothing is wrong.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong, a line each.
    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self.0.iter().map(|problem| problem.detail.as_str()).collect();
        lines.join("\n")
    }

    /// The same, where the table's name is the event's and not the payload's.
    pub(super) fn at_table_name(mut self) -> Self {
        for problem in self.0.iter_mut().filter(|problem| problem.pointer == "/payload/TableName") {
            TABLE_NAME.clone_into(&mut problem.pointer);
        }
        self
    }

    /// What is wrong, each at its place.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_the_sdk_does_and_as_a_pointer() {
        let payload = Place::payload();
        let item = payload.name("Item");
        let tags = item.name("a/b");
        let place = tags.index(3);
        assert_eq!((place.to_string().as_str(), place.pointer().as_str()), ("Item.a/b[3]", "/payload/Item/a~1b/3"));
        assert_eq!((payload.to_string().as_str(), payload.pointer().as_str()), ("input", "/payload"));
    }

    #[test]
    fn what_is_wrong_is_named_within_bounds() {
        let mut wrong = Wrong::default();
        let long = "x".repeat(100_000);
        for _ in 0..1_000 {
            wrong.report_type(&Place::payload().name("Item"), &Value::from(long.as_str()), "<class 'dict'>");
        }
        assert!(wrong.text().len() < 20_000);
        assert_eq!(wrong.into_problems().len(), PROBLEMS);
    }
}
