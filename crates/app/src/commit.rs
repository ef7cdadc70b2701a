//! From decision to commit: recorded answers (idempotency) around, changes with their events inside.

use domain::event::Event;
use domain::limits::IDEMPOTENCY_KEY_SECONDS;
use domain::{Kind, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use store::log::Kept;
use store::{Changes, Item, Key, Loaded, StoreError, Table, Verdict, Write};

use crate::events::Topic;
use crate::{App, Command, Failure, Reply, Success};

/// Under which record the answer to a request is kept.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    id: String,
    /// None: the record answers whatever the request says.
    fingerprint: Option<String>,
    seconds: i64,
}

/// A recorded answer. It is an item of the commit that it tells of.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    id: String,
    expiration: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    success: Option<Success>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    /// Whether there is no answer yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    claimed: bool,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

pub(crate) type Decided = Result<Verdict<Reply, No>, StoreError>;

/// Where the answer to a request is kept, in the very commit of the changes that it tells of, so that it is given once.
pub(crate) trait Recorder: Send + 'static {
    /// What has to be loaded for it.
    fn keys(&self) -> Vec<Key>;

    /// The answer that was given before, if one was.
    fn recall(&self, loaded: &Loaded) -> Result<Option<Result<Reply, Refusal>>, StoreError>;

    /// Keeps the answer that is given.
    fn record(
        &self,
        loaded: &Loaded,
        changes: &mut Changes,
        answer: Result<&Reply, &Refusal>,
    ) -> Result<(), StoreError>;
}

/// Why a decision commits nothing.
#[derive(Debug)]
pub(crate) enum No {
    /// A rule refuses.
    Refused(Refusal),
    /// It is to be decided once more, with more to look at; this is no answer, and is not recorded.
    Again,
}

/// The refusal, without changes.
pub(crate) const fn refuse(refusal: Refusal) -> Decided {
    Ok(Verdict::Refuse(Changes::none(), No::Refused(refusal)))
}

/// No answer yet.
pub(crate) const fn again() -> Decided {
    Ok(Verdict::Refuse(Changes::none(), No::Again))
}

impl Recording {
    /// The record of the request's `Idempotency-Key`: scoped to caller, method and route.
    pub(crate) fn of_key(command: &Command) -> Option<Self> {
        let idempotency = command.idempotency.as_ref()?;
        Some(Self {
            id: format!("{}#{}#{}#{}", command.caller, idempotency.method, idempotency.route, idempotency.key),
            fingerprint: Some(idempotency.fingerprint.clone()),
            seconds: IDEMPOTENCY_KEY_SECONDS,
        })
    }

    /// The record of a user's order.
    pub(crate) fn of_order(user_id: &str, order_id: &str, seconds: i64) -> Self {
        Self { id: format!("order#{user_id}#{order_id}"), fingerprint: None, seconds }
    }

    pub(crate) fn key(&self) -> Key {
        Key::new(Table::Idempotency, self.id.clone())
    }

    /// Whether a stored record is of a request of that user.
    pub(crate) fn is_of(item: &Item, user: &str) -> bool {
        let id = item.body::<Id>().map(|record| record.id).unwrap_or_default();
        let of = |id: &str| id.strip_prefix(user).is_some_and(|rest| rest.starts_with('#'));
        of(&id) || id.strip_prefix("order#").is_some_and(of)
    }

    /// Notes that the request is being done, before there is an answer.
    pub(crate) fn claim(&self, loaded: &Loaded, changes: &mut Changes) -> Result<(), StoreError> {
        changes.put(self.key(), &Record { claimed: true, ..self.blank(loaded) })
    }

    fn blank(&self, loaded: &Loaded) -> Record<'static> {
        Record {
            id: self.id.clone(),
            expiration: loaded.now().as_second().saturating_add(self.seconds),
            fingerprint: self.fingerprint.clone(),
            refusal: None,
            success: None,
            version: None,
            body: None,
            claimed: false,
        }
    }
}

impl Recorder for Recording {
    fn keys(&self) -> Vec<Key> {
        vec![self.key()]
    }

    /// The recorded answer, if there is one that has not expired.
    fn recall(&self, loaded: &Loaded) -> Result<Option<Result<Reply, Refusal>>, StoreError> {
        let Some(item) = loaded.item(&self.key())? else { return Ok(None) };
        let record: Record<'_> = serde_json::from_str(&item.body).map_err(|error| item.corrupt(error))?;
        if record.expiration <= loaded.now().as_second() {
            return Ok(None);
        }
        if self.fingerprint.is_some() && self.fingerprint != record.fingerprint {
            let detail = "This Idempotency-Key was used for another request; use a new key for a new request.";
            return Ok(Some(Err(Refusal::new(Kind::Mismatch, "idempotency-key-reused", detail))));
        }
        if record.claimed {
            let detail = "The first request under this Idempotency-Key is still being done, or was cut off before its outcome was \
                          known. Read the item to see whether it took effect; it is not done again under this key.";
            return Ok(Some(Err(Refusal::conflict("idempotency-key-in-use", detail))));
        }
        Ok(Some(record.refusal.map_or_else(
            || {
                Ok(Reply {
                    success: record.success.unwrap_or(Success::Ok),
                    body: record.body.map(|body| body.get().to_owned()),
                    version: record.version,
                    replayed: true,
                })
            },
            |refusal| Err(Refusal { replayed: true, ..refusal }),
        )))
    }

    fn record(
        &self,
        loaded: &Loaded,
        changes: &mut Changes,
        answer: Result<&Reply, &Refusal>,
    ) -> Result<(), StoreError> {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
        let body = answer.ok().and_then(|reply| reply.body.as_deref()).and_then(raw);
        let record = Record {
            refusal: answer.err().cloned(),
            success: answer.ok().map(|reply| reply.success),
            version: answer.ok().and_then(|reply| reply.version),
            body: body.as_deref(),
            ..self.blank(loaded)
        };
        changes.put(self.key(), &record)
    }
}

impl App {
    /// Loads the keys, decides and commits; answers from the record of the `Idempotency-Key` where there is one.
    pub(crate) async fn commit<D>(&self, command: &Command, keys: Vec<Key>, decide: D) -> Result<Reply, Failure>
    where
        D: FnMut(&Loaded) -> Decided + Send + 'static,
    {
        self.try_commit(command, Recording::of_key(command), keys, decide).await?.ok_or_else(undecided)
    }

    /// Like [`Self::commit`], with the record of the `Idempotency-Key`, or else this one.
    pub(crate) async fn commit_or_record<D>(
        &self,
        command: &Command,
        otherwise: Recording,
        keys: Vec<Key>,
        decide: D,
    ) -> Result<Reply, Failure>
    where
        D: FnMut(&Loaded) -> Decided + Send + 'static,
    {
        let recording = Recording::of_key(command).unwrap_or(otherwise);
        self.try_commit(command, Some(recording), keys, decide).await?.ok_or_else(undecided)
    }

    /// Loads the keys, decides, and commits together with the record; nothing when the decision wants to be asked again. The first
    /// of the keys is that of the item which the command is about.
    pub(crate) async fn try_commit<D, R>(
        &self,
        command: &Command,
        recorder: Option<R>,
        keys: Vec<Key>,
        decide: D,
    ) -> Result<Option<Reply>, Failure>
    where
        D: FnMut(&Loaded) -> Decided + Send + 'static,
        R: Recorder,
    {
        let item = keys.first().filter(|_| !command.dry_run).cloned();
        let outcome = if command.dry_run {
            store::transact(self.store.as_ref(), keys, rehearsed(decide)).await?
        } else {
            let outcome = self.transact_recorded(&command.caller, recorder, keys, decide).await?;
            self.feed.wake();
            self.commits.send_replace(());
            outcome
        };
        let outcome = match outcome {
            Ok(reply) => Ok(reply),
            Err(No::Refused(refusal)) => Err(refusal.into()),
            Err(No::Again) => return Ok(None),
        };
        if let Some(item) = item {
            command.log(&item, outcome.as_ref());
        }
        outcome.map(Some)
    }

    async fn transact_recorded<D, R>(
        &self,
        caller: &str,
        recorder: Option<R>,
        mut keys: Vec<Key>,
        mut decide: D,
    ) -> Result<Result<Reply, No>, StoreError>
    where
        D: FnMut(&Loaded) -> Decided + Send + 'static,
        R: Recorder,
    {
        let Some(recorder) = recorder else {
            return store::transact(self.store.as_ref(), keys, self.departures.guard(caller, decide)).await;
        };
        keys.extend(recorder.keys());
        let recorded = move |loaded: &Loaded| {
            if let Some(answer) = recorder.recall(loaded)? {
                return Ok(match answer {
                    Ok(reply) => Verdict::Commit(Changes::none(), reply),
                    Err(refusal) => Verdict::Refuse(Changes::none(), No::Refused(refusal)),
                });
            }
            let mut verdict = decide(loaded)?;
            match &mut verdict {
                Verdict::Commit(changes, reply) => recorder.record(loaded, changes, Ok(reply))?,
                Verdict::Refuse(changes, No::Refused(refusal)) => recorder.record(loaded, changes, Err(refusal))?,
                Verdict::Refuse(_, No::Again) | Verdict::Read(_) => {}
            }
            Ok(verdict)
        };
        store::transact(self.store.as_ref(), keys, self.departures.guard(caller, recorded)).await
    }
}

/// The same decision, but nothing changes: it answers what would be committed.
fn rehearsed<D>(mut decide: D) -> impl FnMut(&Loaded) -> Decided + Send + 'static
where
    D: FnMut(&Loaded) -> Decided + Send + 'static,
{
    move |loaded: &Loaded| {
        Ok(match decide(loaded)? {
            Verdict::Commit(_, reply) => Verdict::Commit(Changes::none(), Reply { version: None, ..reply }),
            Verdict::Refuse(_, no) => Verdict::Refuse(Changes::none(), no),
            Verdict::Read(more) => Verdict::Read(more),
        })
    }
}

pub(crate) fn undecided() -> Failure {
    StoreError::Misuse("a decision asked to be run again where that is not done".to_owned()).into()
}

/// The changes of a decision: each change of an aggregate goes with its event.
pub(crate) struct Draft<'a> {
    loaded: &'a Loaded,
    changes: Changes,
    concerns: Vec<Topic>,
}

/// A body that was written, as text, and the version that it got.
pub(crate) struct Written {
    pub(crate) body: String,
    pub(crate) version: i64,
}

impl<'a> Draft<'a> {
    pub(crate) const fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, changes: Changes::none(), concerns: Vec::new() }
    }

    /// Whom the next event concerns, besides those who follow its aggregate.
    pub(crate) fn concern(&mut self, topics: impl IntoIterator<Item = Topic>) {
        self.concerns.extend(topics);
    }

    /// Stores an item and its event.
    pub(crate) fn store(&mut self, key: &Key, event: &str, body: &impl Serialize) -> Result<Written, StoreError> {
        self.write(key, event, body, None)
    }

    /// Stores an item with private attributes, and its event.
    pub(crate) fn store_with(
        &mut self,
        key: &Key,
        event: &str,
        body: &impl Serialize,
        private: &impl Serialize,
    ) -> Result<Written, StoreError> {
        let private = serde_json::to_string(private).map_err(|error| StoreError::Misuse(error.to_string()))?;
        self.write(key, event, body, Some(private))
    }

    /// Removes an item and tells of it.
    pub(crate) fn remove(&mut self, key: &Key, event: &str) -> Result<(), StoreError> {
        let version = self.loaded.next_version(key)?;
        self.tell(key, event, version, &())?;
        self.changes.delete(key.clone());
        Ok(())
    }

    /// A write that is no change of an aggregate.
    pub(crate) fn push(&mut self, write: Write) {
        self.changes.push(write);
    }

    /// Does not guard what was read under a key. Whoever calls this says why it is safe.
    pub(crate) fn unguard(&mut self, key: Key) {
        self.changes.unguard(key);
    }

    /// What was drafted.
    pub(crate) fn into_changes(self) -> Changes {
        self.changes
    }

    /// Commits what was drafted, and answers.
    pub(crate) fn reply(self, reply: Reply) -> Decided {
        Ok(Verdict::Commit(self.changes, reply))
    }

    fn write(
        &mut self,
        key: &Key,
        event: &str,
        body: &impl Serialize,
        private: Option<String>,
    ) -> Result<Written, StoreError> {
        let version = self.loaded.next_version(key)?;
        let raw = to_raw_value(body).map_err(|error| StoreError::Misuse(error.to_string()))?;
        self.tell(key, event, version, &raw)?;
        let body = raw.get().to_owned();
        self.changes.push(Write::Put { key: key.clone(), body: body.clone(), private });
        Ok(Written { body, version })
    }

    fn tell(&mut self, key: &Key, event: &str, version: i64, data: &impl Serialize) -> Result<(), StoreError> {
        let told = tell(self.loaded, key, (event, version), data, std::mem::take(&mut self.concerns))?;
        self.changes.push(told);
        Ok(())
    }
}

/// The event of a change of the item under a key, which gets that version.
pub(crate) fn tell(
    loaded: &Loaded,
    key: &Key,
    (event, version): (&str, i64),
    data: &impl Serialize,
    concerns: Vec<Topic>,
) -> Result<Write, StoreError> {
    let text = |error: serde_json::Error| StoreError::Misuse(error.to_string());
    let aggregate = aggregate(key);
    let body = serde_json::to_string(&Event::new(event, &aggregate, version, loaded.now(), data)).map_err(text)?;
    let mut concerns: Vec<String> = Topic::of(key).into_iter().chain(concerns).map(|topic| topic.to_string()).collect();
    concerns.sort();
    concerns.dedup();
    let kept = Kept { position: None, previous: loaded.item(key)?.map(|item| item.version), concerns };
    let private = Some(serde_json::to_string(&kept).map_err(text)?);
    Ok(Write::Put { key: Key::number(Table::Events, aggregate, version), body, private })
}

/// The name of an item among the events: what it is, and its key.
pub(crate) fn aggregate(key: &Key) -> String {
    let what = match key.table {
        Table::Users => "user",
        Table::Locations => "location",
        Table::Resources => "resource",
        Table::Bookings => "booking",
        Table::Orders => "order",
        Table::Requests => "request",
        Table::Accounts => "account",
        other => other.definition().name,
    };
    match &key.sort {
        Some(store::Sort::Text(sort)) => format!("{what}/{}/{sort}", key.partition),
        _ => format!("{what}/{}", key.partition),
    }
}
