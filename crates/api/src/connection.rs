//! The connection by which a request came, for what outlives the answer: a WebSocket, or a stream of events.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// The connection by which a request came. A server puts it into the extensions of its requests; whoever serves on after the answer
/// keeps it, ends when it stops, and may cut it off.
#[derive(Clone)]
pub struct Connection(Arc<Kept>);

struct Kept {
    stop: watch::Receiver<bool>,
    cut: Notify,
    /// What is given back once nobody has the connection any more.
    _place: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// One that is to stop once `stop` is true, and has a place among the connections, which it gives back by dropping it.
    pub fn new(stop: watch::Receiver<bool>, place: impl Any + Send + Sync) -> Self {
        Self(Arc::new(Kept { stop, cut: Notify::new(), _place: Box::new(place) }))
    }

    /// Waits until the server stops.
    pub async fn stopping(&self) {
        if self.0.stop.clone().wait_for(|stop| *stop).await.is_err() {
            // Whoever could stop it has gone.
            std::future::pending::<()>().await;
        }
    }

    /// Cuts the connection off, whatever is being written: its client reads nothing.
    pub fn cut(&self) {
        self.0.cut.notify_one();
    }

    /// Waits until it is to be cut off.
    pub async fn to_be_cut(&self) {
        self.0.cut.notified().await;
    }
}
