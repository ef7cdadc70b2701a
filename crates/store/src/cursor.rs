//! Cursors as clients hold them: opaque text, checked against the list that they come back to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Cursor, Index, Key, Query, Sort, Table};

/// The longest text that is looked at, in bytes: more than any key of ours needs.
const TEXT_BYTES: usize = 8 * 1024;

/// What the text holds: table name, partition, sort value, sort value in the index.
type Parts = (String, String, Option<Sort>, Option<Sort>);

impl Cursor {
    /// The cursor as opaque text that may stand in a URL (base64url without padding, RFC 4648).
    pub fn encode(&self) -> String {
        let name = self.key.table.definition().name;
        let parts = (name, &self.key.partition, &self.key.sort, &self.index_sort);
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).unwrap_or_default())
    }

    /// The cursor of a list of this table (by this index) from text that a client sent; nothing when it is none.
    pub fn decode(text: &str, table: Table, index: Option<Index>) -> Option<Self> {
        if text.len() > TEXT_BYTES {
            return None;
        }
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (name, partition, sort, index_sort): Parts = serde_json::from_slice(&json).ok()?;
        let cursor = Self { key: Key { table, partition, sort }, index_sort };
        (name == table.definition().name && cursor.fits(table, index)).then_some(cursor)
    }

    /// Whether this can be a place in a list of that table, by that index.
    pub fn fits(&self, table: Table, index: Option<Index>) -> bool {
        let sorted = index.and_then(|index| index.definition()).is_some_and(|definition| definition.sort.is_some());
        let index_sort = match self.index_sort {
            Some(Sort::Number(_)) => sorted,
            Some(Sort::Text(_)) => false,
            None => !sorted,
        };
        self.key.table == table && self.key.check().is_ok() && index_sort
    }
}

impl Query {
    /// The query from the place on that a client's cursor names; nothing when that is no place in this list.
    pub fn resume(self, text: &str) -> Option<Self> {
        let cursor = Cursor::decode(text, self.table, self.index)?;
        let here = self.index.is_some() || cursor.key.partition == self.partition;
        here.then_some(Self { cursor: Some(cursor), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_wire() {
        let by_index = Cursor { key: Key::new(Table::Bookings, "b/ä\"1"), index_sort: Some(Sort::Number(-5)) };
        let index = Some(Index::BookingsByUserByTime);
        assert_eq!(Cursor::decode(&by_index.encode(), Table::Bookings, index), Some(by_index));
        let by_table = Cursor::after(Key::text(Table::Orders, "user", "order"));
        let text = by_table.encode();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!(Cursor::decode(&text, Table::Orders, None), Some(by_table));
    }

    #[test]
    fn what_is_no_place_in_the_list_is_refused() {
        let order = Cursor::after(Key::text(Table::Orders, "user", "order")).encode();
        let booking = Cursor::after(Key::new(Table::Bookings, "b")).encode();
        assert_eq!(Cursor::decode(&order, Table::Bookings, None), None, "another table's");
        assert_eq!(Cursor::decode(&booking, Table::Bookings, Some(Index::BookingsByUserByTime)), None, "no time");
        assert!(Query::table(Table::Orders, "user").resume(&order).is_some());
        assert!(Query::table(Table::Orders, "other").resume(&order).is_none(), "another partition's");
        for text in ["", "!", "e30", "W10", &"A".repeat(TEXT_BYTES + 1)] {
            assert_eq!(Cursor::decode(text, Table::Orders, None), None, "{text}");
        }
    }
}
