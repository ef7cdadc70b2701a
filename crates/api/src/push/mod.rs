//! Push: changes reach those whom they concern, over WebSockets and as server-sent events. Both subscribe to the same topics with the
//! same rights, and tell of the same events in the same words.
//!
//! Nothing is queued for a connection but what it is being sent: one that reads slowly reads on in the log, and one that reads nothing is
//! cut off.

mod credentials;
mod event;
mod message;
mod pace;
mod socket;
mod stream;
mod subscription;
mod subscriptions;

pub use pace::Pace;

pub(crate) use credentials::Credentials;
#[cfg(feature = "graphql")]
pub(crate) use pace::Allowance;
pub(crate) use socket::Session;
pub(crate) use stream::Stream;
#[cfg(feature = "graphql")]
pub(crate) use subscription::position;

use std::time::Duration;

use identity::AuthError;
use metrics::{Gauge, gauge};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::connection::Connection;

/// A connection that is counted while it is open.
pub(crate) struct Counted(Gauge);

impl Counted {
    pub(crate) fn new(transport: &'static str) -> Self {
        let gauge = gauge!("push_connections", "transport" => transport);
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// Ticks from the end of the first period on.
pub(crate) fn ticks(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits until the server stops; for ever where nobody said how it would.
pub(crate) async fn stopping(connection: Option<Connection>) {
    match connection {
        Some(connection) => connection.stopping().await,
        None => std::future::pending().await,
    }
}

/// Why a caller is believed no longer, if so. A store that does not answer is no reason: it will be asked again.
pub(crate) fn ended(confirmed: Result<(), AuthError>) -> Option<AuthError> {
    match confirmed {
        Ok(()) => None,
        Err(AuthError::Store(error)) => {
            tracing::warn!(%error, "whether a caller is still signed in cannot be read for the moment");
            None
        }
        Err(error) => Some(error),
    }
}
