//! How fast: permissions to send a request, and rests when the system asks for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The first rest; each following one is twice as long.
const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest, also of those that the system asks for.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// Doublings of the first.
const DOUBLINGS: u32 = 5;

/// Permissions to send a request.
pub(super) struct Pace {
    permissions: Semaphore,
    /// Permissions at most that nobody has used yet: one for each person.
    people: usize,
    rest: Mutex<Rest>,
    late: AtomicU64,
}

#[derive(Default)]
struct Rest {
    until: Option<Instant>,
    /// Rests one after the other.
    in_a_row: u32,
}

impl Pace {
    pub(super) fn new(people: usize) -> Self {
        Self { permissions: Semaphore::new(0), people, rest: Mutex::default(), late: AtomicU64::new(0) }
    }

    /// Permits one more request, unless there is a rest or nobody could send it now.
    pub(super) fn release(&self) {
        if self.is_resting() {
            return;
        }
        if self.permissions.available_permits() < self.people {
            self.permissions.add_permits(1);
        } else {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits for a permission; false when there will be none any more.
    pub(super) async fn permitted(&self) -> bool {
        match self.permissions.acquire().await {
            Ok(permission) => {
                permission.forget();
                true
            }
            Err(_) => false,
        }
    }

    /// Has everybody rest: as long as the system asks for, else longer each time.
    pub(super) fn rest(&self, asked: Option<Duration>) {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        // Requests that were on their way together are told so together.
        if rest.until.is_some_and(|until| now < until) {
            return;
        }
        let doubled = FIRST_REST.saturating_mul(1_u32 << rest.in_a_row.min(DOUBLINGS));
        rest.in_a_row = rest.in_a_row.saturating_add(1);
        rest.until = now.checked_add(asked.unwrap_or(doubled).max(FIRST_REST).min(LONGEST_REST));
        drop(rest);
        self.permissions.forget_permits(self.people);
    }

    /// After a request that was served as usual.
    pub(super) fn went_well(&self) {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        if rest.until.is_none_or(|until| until < Instant::now()) {
            *rest = Rest::default();
        }
    }

    /// Requests that were due while everybody was busy.
    pub(super) fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    /// Permits nothing any more.
    pub(super) fn close(&self) {
        self.permissions.close();
    }

    fn is_resting(&self) -> bool {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.until.is_some_and(|until| Instant::now() < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_is_permitted_more_than_one_request_ahead() {
        let pace = Pace::new(2);
        (0..5).for_each(|_| pace.release());
        assert_eq!((pace.permissions.available_permits(), pace.late()), (2, 3));
        assert!(pace.permitted().await && pace.permitted().await);
        pace.close();
        assert!(!pace.permitted().await);
    }

    #[tokio::test(start_paused = true)]
    async fn rests_grow_until_something_goes_well() {
        let pace = Pace::new(2);
        for seconds in [1, 2, 4, 8, 16, 32, 32] {
            pace.release();
            pace.rest(None);
            // The others of the same moment.
            pace.rest(None);
            pace.release();
            assert_eq!(pace.permissions.available_permits(), 0);
            tokio::time::advance(Duration::from_secs(seconds)).await;
            assert!(!pace.is_resting(), "{seconds}");
        }
        pace.rest(Some(Duration::from_secs(9_999)));
        tokio::time::advance(LONGEST_REST - Duration::from_millis(1)).await;
        assert!(pace.is_resting());
        tokio::time::advance(Duration::from_millis(2)).await;
        pace.went_well();
        pace.rest(None);
        tokio::time::advance(FIRST_REST).await;
        assert!(!pace.is_resting());
    }
}
