//! Keeping the keys of an issuer outside up to date.

use std::sync::Arc;
use std::time::Duration;

use identity::Identity;
use tokio::time::sleep;

/// How often the keys are fetched when all is well.
const REFRESH: Duration = Duration::from_secs(60 * 60);
/// How long after a failure the keys are fetched again, at first and at the most.
const RETRY: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// Fetches the keys again and again; the server is ready with the first ones. Never returns.
pub(super) async fn keep_keys(identity: Arc<Identity>) {
    let [first, most] = RETRY;
    let mut retry = first;
    loop {
        let was_ready = identity.ready();
        match identity.prepare().await {
            Ok(()) => {
                if !was_ready {
                    tracing::info!("ready");
                }
                retry = first;
                sleep(REFRESH).await;
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &(dyn std::error::Error + 'static),
                    ready = was_ready,
                    "the issuer's keys cannot be fetched; trying again"
                );
                sleep(retry).await;
                retry = retry.saturating_mul(2).min(most);
            }
        }
    }
}
