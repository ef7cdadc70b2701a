//! Stored texts with the values of one booking in them, to be filled with those of others: rows of the very size that the product
//! writes, without its work.

use domain::time::Minute;

use crate::bookings::Slot;

/// A text with places.
#[derive(Clone, Debug)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Place(usize),
}

/// What goes into the places.
#[derive(Clone, Debug)]
pub(crate) struct Values([String; 7]);

impl Values {
    /// The values of a booking, in every form in which they are stored.
    pub(crate) fn new(id: &str, slot: &Slot) -> Self {
        let Slot { resource, start } = slot;
        let seconds = |minute: Minute| minute.epoch_seconds().to_string();
        let (from, until) = (seconds(*start), seconds(slot.end()));
        let day = start.day().to_string();
        Self([id.to_owned(), resource.clone(), from, until, start.0.to_string(), slot.end().0.to_string(), day])
    }
}

impl Template {
    /// The text of a booking, in which its values become places.
    pub(crate) fn new(text: &str, values: &Values) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((at, place, length)) = first(rest, values) {
            pieces.push(Piece::Text(rest.get(..at).unwrap_or_default().to_owned()));
            pieces.push(Piece::Place(place));
            rest = rest.get(at + length..).unwrap_or_default();
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Self(pieces)
    }

    /// The text of another booking.
    pub(crate) fn fill(&self, values: &Values) -> String {
        let mut text = String::with_capacity(1024);
        for piece in &self.0 {
            text.push_str(match piece {
                Piece::Text(text) => text,
                Piece::Place(place) => values.0.get(*place).map_or("", String::as_str),
            });
        }
        text
    }
}

/// The first value in a text, as a whole word: where it is, which it is, and its length.
fn first(text: &str, values: &Values) -> Option<(usize, usize, usize)> {
    let word = |at: usize, length: usize| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default());
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    };
    let found = values.0.iter().enumerate().filter_map(|(place, value)| {
        let at = text.match_indices(value.as_str()).map(|(at, _)| at).find(|&at| word(at, value.len()))?;
        Some((at, place, value.len()))
    });
    found.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_one_booking_are_replaced_by_those_of_another() {
        let (one, other) = (Values::new("id-1", &Slot::new(0)), Values::new("id-2", &Slot::new(1_001)));
        let Values([id, resource, start, end, minute, _, day]) = &one;
        let text =
            format!(r#"{{"id":"b/{id}","r":"{resource}","s":{start},"e":{end},"m":[{minute}],"d":{day},"x":9{day}}}"#);
        let filled = Template::new(&text, &one).fill(&other);
        let Values([id, resource, start, end, minute, _, other_day]) = &other;
        let wanted = format!(
            r#"{{"id":"b/{id}","r":"{resource}","s":{start},"e":{end},"m":[{minute}],"d":{other_day},"x":9{day}}}"#
        );
        assert_eq!(filled, wanted);
    }
}
