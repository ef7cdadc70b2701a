//! Leases: which of several processes does what only one should do. They save work; nothing rests on them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};

/// How long a lease holds after it was taken or renewed.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// When so little is left, it is renewed.
const RENEW: SignedDuration = SignedDuration::from_secs(10);

/// Who holds something, and until when. Void once past its end, by the clock of whoever looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lease {
    /// Who.
    #[serde(default)]
    pub(crate) holder: String,
    /// Until when, in epoch milliseconds.
    #[serde(default)]
    pub(crate) until: i64,
}

impl Lease {
    /// A lease from now on.
    pub(crate) fn new(holder: &str, now: Timestamp) -> Self {
        let until = now.as_millisecond().saturating_add(milliseconds(LEASE));
        Self { holder: holder.to_owned(), until }
    }

    /// Whether somebody else holds it.
    pub(crate) fn is_others(&self, holder: &str, now: Timestamp) -> bool {
        // A clock that was far ahead when the lease was taken does not keep everybody out for long.
        let left = self.until.saturating_sub(now.as_millisecond());
        self.holder != holder && left > 0 && left <= milliseconds(LEASE).saturating_mul(2)
    }

    /// Whether it is that one's for a good while.
    pub(crate) fn is_fresh(&self, holder: &str, now: Timestamp) -> bool {
        let left = self.until.saturating_sub(now.as_millisecond());
        self.holder == holder && left > milliseconds(RENEW) && left <= milliseconds(LEASE)
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    #[serde(flatten)]
    lease: Lease,
}

/// Takes or renews the lease of that name; whether it is the holder's now.
pub(crate) async fn take(store: &dyn Store, name: &str, holder: &str, now: Timestamp) -> Result<bool, StoreError> {
    let key = Key::new(Table::Cursors, format!("lease/{name}"));
    if let Some(item) = store.get(&key).await? {
        let lease = item.body::<Stored>()?.lease;
        if lease.is_others(holder, now) || lease.is_fresh(holder, now) {
            return Ok(lease.holder == holder);
        }
    }
    let holder = holder.to_owned();
    let decide = move |loaded: &Loaded| {
        let stored = loaded.item(&key)?.map(store::Item::body::<Stored>).transpose()?;
        let mut changes = Changes::none();
        if stored.is_some_and(|stored| stored.lease.is_others(&holder, loaded.now())) {
            return Ok(Verdict::<bool, ()>::Commit(changes, false));
        }
        let stored = Stored { name: key.partition.clone(), lease: Lease::new(&holder, loaded.now()) };
        changes.put(key.clone(), &stored)?;
        Ok(Verdict::Commit(changes, true))
    };
    let keys = vec![Key::new(Table::Cursors, format!("lease/{name}"))];
    Ok(transact(store, keys, decide).await?.unwrap_or(false))
}
