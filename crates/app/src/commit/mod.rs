//! From decision to commit: recorded answers (idempotency) around, changes with their events inside.

mod draft;
mod recording;

use domain::Refusal;
use store::{Changes, Key, Loaded, StoreError, Verdict};

pub(crate) use draft::{Draft, Written, aggregate, tell};
pub(crate) use recording::Recording;

use crate::{App, Command, Failure, Reply};

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
