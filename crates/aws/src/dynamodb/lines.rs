//! Decisions of one process that want the same item stand in line, so that they do not spoil each other's attempts again and again.
//!
//! Nobody stands in line at first. Whoever was in conflict with another over an item takes a turn for it, and whoever comes while
//! somebody has a turn waits for one, too. Nobody has more than one turn, so that nobody waits for one another in a circle. What
//! other processes do is told by the conditions of the commit, as ever: lines save work, nothing rests on them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use store::Key;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Lines; keys share them by their hash.
const LINES: usize = 1_024;

/// The lines of a store.
pub(super) struct Lines(Vec<Arc<Mutex<()>>>);

/// A turn: the others in its line wait until it is dropped.
pub(super) struct Turn {
    line: usize,
    _guard: OwnedMutexGuard<()>,
}

impl Default for Lines {
    fn default() -> Self {
        Self((0..LINES).map(|_| Arc::default()).collect())
    }
}

impl Lines {
    /// Waits for a turn for a key, in the order of arrival; one that was given before is given up.
    pub(super) async fn take(&self, key: &Key, had: Option<Turn>) -> Option<Turn> {
        drop(had);
        let line = line(key);
        let guard = Arc::clone(self.0.get(line)?).lock_owned().await;
        Some(Turn { line, _guard: guard })
    }

    /// The first of these keys for which somebody has a turn.
    pub(super) fn busy<'k>(&self, keys: &'k [Key]) -> Option<&'k Key> {
        keys.iter().find(|key| self.0.get(line(key)).is_some_and(|line| line.try_lock().is_err()))
    }
}

/// Whether a turn is for this key.
pub(super) fn is_for(turn: Option<&Turn>, key: &Key) -> bool {
    turn.is_some_and(|turn| turn.line == line(key))
}

fn line(key: &Key) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    usize::try_from(hasher.finish() % LINES as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use store::Table;

    use super::*;

    #[tokio::test]
    async fn who_comes_while_somebody_has_a_turn_waits_for_it_and_nobody_else_does() {
        let lines = Lines::default();
        let [hot, cold] = ["hot", "cold"].map(|key| Key::new(Table::Bookings, key));
        assert_ne!(line(&hot), line(&cold));
        assert_eq!(lines.busy(&[hot.clone(), cold.clone()]), None);
        let first = lines.take(&hot, None).await;
        assert_eq!(lines.busy(&[cold.clone(), hot.clone()]), Some(&hot));
        assert_eq!(lines.busy(std::slice::from_ref(&cold)), None);
        let mut second = Box::pin(lines.take(&hot, None));
        assert!(is_pending(&mut second).await);
        assert!(is_for(first.as_ref(), &hot) && !is_for(first.as_ref(), &cold) && !is_for(None, &hot));
        let first = lines.take(&cold, first).await;
        second.await.unwrap();
        drop(first);
        assert_eq!(lines.busy(&[hot, cold]), None);
    }

    async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
        tokio::select! {
            biased;
            _ = future => false,
            () = tokio::task::yield_now() => true,
        }
    }
}
