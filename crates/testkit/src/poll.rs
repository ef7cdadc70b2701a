//! Waiting for what another process or thread does, where there is no event to wait for: by looking again and again, within bounds.

use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(5);
const LOOKS: u32 = 6_000;

/// Looks until there is something to see, for half a minute at the most; then fails, naming what did not come.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("{what}: not within half a minute");
}
