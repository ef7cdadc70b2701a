//! What a decision goes on to read, within what a commit may touch.

use domain::limits::COMMIT_ITEMS;
use store::{Key, Loaded};

use super::calendar;

/// Keys that a decision is to read, as many as there is room for.
pub(super) struct Reading<'a> {
    loaded: &'a Loaded,
    room: usize,
    pub(super) keys: Vec<Key>,
}

impl<'a> Reading<'a> {
    /// With room for so many items less.
    pub(super) fn new(loaded: &'a Loaded, margin: usize) -> Self {
        let room = COMMIT_ITEMS.saturating_sub(loaded.entries().count()).saturating_sub(margin);
        Self { loaded, room, keys: Vec::new() }
    }

    /// Keeps room for so many items more.
    pub(super) fn keep_free(&mut self, items: usize) {
        self.room = self.room.saturating_sub(items);
    }

    /// Adds those of the keys that are not loaded yet if there is room for all of them, and says whether there was.
    pub(super) fn fits(&mut self, keys: impl IntoIterator<Item = Key>) -> bool {
        let keys = keys.into_iter().filter(|key| !self.keys.contains(key));
        let missing = calendar::missing(self.loaded, keys);
        let Some(rest) = self.room.checked_sub(missing.len()) else { return false };
        self.room = rest;
        self.keys.extend(missing);
        true
    }
}
