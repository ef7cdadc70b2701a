//! The feed: one task follows the log and hands each event to the subscribers of its topics.
//!
//! A subscriber has a small queue. When it is full, the subscriber is left behind and reads the log itself until it has caught up, so
//! that one who reads slowly costs no memory and hinders nobody. While nobody subscribes, nothing is followed.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::limits::READ_KEYS;
use store::log::{self, LogPage};
use store::{Store, StoreError};
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};

use super::{Notice, Topic};
use crate::{App, Failure};

/// Events that may wait for one subscriber.
const QUEUE: usize = 64;
/// How far behind the end of the log a subscription may start.
const RESUMED: i64 = 20_000;
/// How long after the last event the log is looked at again, should nobody have said that there is more.
const LOOK: Duration = Duration::from_millis(200);
/// How long after a failure.
const RETRY: Duration = Duration::from_millis(500);

/// Who subscribes to what, and how far the log has been followed.
#[derive(Default)]
pub(crate) struct Feed {
    more: Notify,
    /// Whether anybody subscribes.
    followed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Up to where events have been handed out; none while nobody subscribes.
    through: Option<i64>,
    subscribers: HashMap<u64, Subscriber>,
    topics: HashMap<String, HashSet<u64>>,
    last: u64,
}

struct Subscriber {
    queue: mpsc::Sender<Arc<Notice>>,
    /// Whether something did not fit into the queue. Nothing goes in until it has caught up.
    behind: bool,
}

/// What a subscriber gets.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// An event.
    Event(Arc<Notice>),
    /// It cannot go on where it wanted to: what it knows has to be read anew. What happens behind this position follows.
    Reset {
        /// The position.
        head: i64,
    },
}

/// A subscription: it ends when it is dropped.
pub struct Subscription {
    feed: Arc<Feed>,
    store: Arc<dyn Store>,
    id: u64,
    topics: HashSet<String>,
    queue: mpsc::Receiver<Arc<Notice>>,
    /// Everything up to this position has been delivered.
    after: i64,
    /// What is behind this position comes through the queue.
    live_from: i64,
    reset: bool,
    /// Read from the log, and not delivered yet.
    read: VecDeque<Arc<Notice>>,
}

impl Feed {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that there may be more in the log.
    pub(crate) fn wake(&self) {
        if self.followed.load(Ordering::Relaxed) {
            self.more.notify_one();
        }
    }

    /// Hands out a stretch of the log that begins behind `from`, unless things have changed meanwhile.
    fn hand_out(&self, from: i64, through: i64, notices: Vec<Arc<Notice>>) {
        let mut state = self.state();
        if state.through != Some(from) {
            return;
        }
        for notice in notices {
            for id in state.concerned(&notice) {
                let Some(subscriber) = state.subscribers.get_mut(&id).filter(|subscriber| !subscriber.behind) else {
                    continue;
                };
                subscriber.behind = subscriber.queue.try_send(Arc::clone(&notice)).is_err();
            }
        }
        state.through = Some(through);
    }
}

impl State {
    fn concerned(&self, notice: &Notice) -> HashSet<u64> {
        let all = Topic::All.to_string();
        let topics = notice.concerns.iter().chain([&all]);
        topics.filter_map(|topic| self.topics.get(topic)).flatten().copied().collect()
    }
}

impl App {
    /// Follows the log while somebody subscribes. Never returns.
    pub async fn follow_log(&self) {
        loop {
            let Some(from) = self.feed.state().through else {
                self.feed.more.notified().await;
                continue;
            };
            match log::read(self.store.as_ref(), from, READ_KEYS).await {
                Ok(page) if page.through > from => {
                    let through = page.through;
                    self.feed.hand_out(from, through, notices(page));
                    // The embedded store answers at once: others have to get their turn, too.
                    tokio::task::yield_now().await;
                }
                Ok(_) => drop(timeout(LOOK, self.feed.more.notified()).await),
                Err(error) => {
                    tracing::warn!(%error, "the log cannot be followed for the moment");
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// Subscribes to topics, from a position of the log on, or from now on. What may be seen is the caller's business.
    pub async fn subscribe(&self, topics: Vec<Topic>, after: Option<i64>) -> Result<Subscription, Failure> {
        let ends = log::ends(self.store.as_ref()).await?;
        let (sender, queue) = mpsc::channel(QUEUE);
        let topics: HashSet<String> = topics.iter().map(Topic::to_string).collect();
        let (id, live_from) = self.feed.enter(&topics, sender, ends.head);
        let known = after.filter(|after| (ends.first.saturating_sub(1)..=ends.head).contains(after));
        let known = known.filter(|after| ends.head.saturating_sub(*after) <= RESUMED);
        Ok(Subscription {
            feed: Arc::clone(&self.feed),
            store: Arc::clone(&self.store),
            id,
            topics,
            queue,
            after: known.unwrap_or(live_from),
            live_from,
            reset: after.is_some() && known.is_none(),
            read: VecDeque::new(),
        })
    }
}

impl Feed {
    /// Takes a subscriber in: its number, and the position behind which everything comes through its queue.
    fn enter(&self, topics: &HashSet<String>, queue: mpsc::Sender<Arc<Notice>>, head: i64) -> (u64, i64) {
        let mut state = self.state();
        state.last = state.last.saturating_add(1);
        let id = state.last;
        state.subscribers.insert(id, Subscriber { queue, behind: false });
        for topic in topics {
            state.topics.entry(topic.clone()).or_default().insert(id);
        }
        let through = *state.through.get_or_insert(head);
        self.followed.store(true, Ordering::Relaxed);
        drop(state);
        self.wake();
        (id, through)
    }

    fn leave(&self, id: u64, topics: &HashSet<String>) {
        let mut state = self.state();
        state.subscribers.remove(&id);
        for topic in topics {
            let Some(subscribers) = state.topics.get_mut(topic) else { continue };
            subscribers.remove(&id);
            if subscribers.is_empty() {
                state.topics.remove(topic);
            }
        }
        if state.subscribers.is_empty() {
            state.through = None;
            self.followed.store(false, Ordering::Relaxed);
        }
    }

    /// Lets one that was left behind in again, with an empty queue: the position behind which everything comes through it. None when
    /// it was not left behind.
    fn rejoin(&self, id: u64, queue: &mut mpsc::Receiver<Arc<Notice>>) -> Option<i64> {
        let mut state = self.state();
        let through = state.through?;
        let subscriber = state.subscribers.get_mut(&id).filter(|subscriber| subscriber.behind)?;
        while queue.try_recv().is_ok() {}
        subscriber.behind = false;
        Some(through)
    }
}

impl Subscription {
    /// The position up to which everything has been delivered, or need not be.
    pub const fn position(&self) -> i64 {
        self.after
    }

    /// The next event; waits for it. Whoever stops waiting misses nothing.
    pub async fn next(&mut self) -> Result<Delivery, Failure> {
        loop {
            if std::mem::take(&mut self.reset) {
                return Ok(Delivery::Reset { head: self.after });
            }
            if let Some(notice) = self.read.pop_front() {
                self.after = notice.position;
                return Ok(Delivery::Event(notice));
            }
            if let Some(through) = self.feed.rejoin(self.id, &mut self.queue) {
                self.live_from = through;
            }
            if self.after < self.live_from {
                self.catch_up().await?;
                continue;
            }
            let Some(notice) = self.queue.recv().await else {
                return Err(StoreError::Unavailable("the feed has ended".to_owned()).into());
            };
            if notice.position > self.after {
                self.after = notice.position;
                return Ok(Delivery::Event(notice));
            }
        }
    }

    /// Reads on in the log, up to where the queue takes over.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        let page = log::read(self.store.as_ref(), self.after, READ_KEYS).await?;
        tokio::task::yield_now().await;
        if page.ends.first > self.after.saturating_add(1) {
            // What it missed was removed meanwhile.
            (self.after, self.reset) = (self.live_from.max(page.ends.first.saturating_sub(1)), true);
            return Ok(());
        }
        let through = page.through.min(self.live_from);
        let notices = notices(page).into_iter();
        self.read = notices.filter(|notice| notice.position <= through && self.wants(notice)).collect();
        if self.read.is_empty() {
            self.after = through;
        }
        Ok(())
    }

    fn wants(&self, notice: &Notice) -> bool {
        notice.concerns.iter().any(|topic| self.topics.contains(topic)) || self.topics.contains(&Topic::All.to_string())
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.leave(self.id, &self.topics);
    }
}

/// The events of a page; one that cannot be read, perhaps another program's, is left out.
fn notices(page: LogPage) -> Vec<Arc<Notice>> {
    let read = |logged| Notice::read(logged).inspect_err(|error| tracing::warn!(%error, "an event is left out")).ok();
    page.events.into_iter().filter_map(read).map(Arc::new).collect()
}
