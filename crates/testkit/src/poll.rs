//! Waiting for what another process or thread does, where there is no event to wait for: by looking again and again, within bounds.

use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(5);
const LOOKS: u32 = 6_000;

/// Looks every so often until there is something to see, so many times at the most; then fails, naming what did not come.
pub async fn every<T>(pause: Duration, looks: u32, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..looks {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(pause).await;
    }
    panic!("{what}: not within {looks} looks, one every {pause:?}");
}

/// Looks until there is something to see, for half a minute at the most; then fails, naming what did not come.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    every(PAUSE, LOOKS, what, look).await
}
