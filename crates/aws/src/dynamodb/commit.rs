//! Decisions and their commits.
//!
//! Everything that was loaded is guarded: a key that is written, by the condition of its write; one that is not, by a condition
//! check. Each commit marks what it writes with an id of its own. When a request fails without an answer it is sent again as it is,
//! under the same client request token; a condition that then fails on an item with our mark means that the first one had
//! arrived. A commit of a single item is a transaction too: a put has no token, so that one that arrives twice, with another's write
//! in between, looks refused and would be done again.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Put, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use jiff::Timestamp;
use store::decide::Decide;
use store::rounds::{Rounds, next_version};
use store::{Changes, Key, StoreError, Write};

use super::attempts::Attempts;
use super::attributes::Attributes;
use super::capacity::Units;
use super::fault::{Fault, invalid};
use super::items::{COMMIT, Stored, VERSION, encode, key_attributes, tombstone};
use super::lines::{Turn, is_for};
use super::{DynamoStore, unbuildable};

/// One guarded item of a commit: what must hold, and what is written.
struct Step {
    key: Key,
    guard: Guard,
    /// Nothing: the item is only guarded.
    attributes: Option<Attributes>,
    /// Whether the decision had loaded the key.
    loaded: bool,
}

/// What must be under a key for the commit to stand.
#[derive(Clone, Copy)]
enum Guard {
    /// Nothing, not even a tombstone.
    Absent,
    /// This version, of an item or a tombstone.
    Version(i64),
    /// An item of another program.
    Unversioned,
}

impl Guard {
    fn of(stored: &Stored) -> Self {
        match stored {
            Stored::Absent => Self::Absent,
            Stored::Item(item) if item.version == 0 => Self::Unversioned,
            other => Self::Version(other.version()),
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Absent => "attribute_not_exists(#key)",
            Self::Version(_) => "#version = :version",
            Self::Unversioned => "attribute_exists(#key) AND attribute_not_exists(#version)",
        }
    }

    fn names(self, key: &Key) -> Vec<(&'static str, &'static str)> {
        let key = ("#key", key.table.definition().partition);
        match self {
            Self::Absent => vec![key],
            Self::Version(_) => vec![("#version", VERSION)],
            Self::Unversioned => vec![key, ("#version", VERSION)],
        }
    }

    fn value(self) -> Option<AttributeValue> {
        match self {
            Self::Version(version) => Some(AttributeValue::N(version.to_string())),
            Self::Absent | Self::Unversioned => None,
        }
    }
}

/// How a commit ended that was not done.
enum Conflict {
    /// Something that was loaded has changed, or another writer was there at the same moment; perhaps it is known over which key.
    Changed(Option<Key>, String),
    /// A key that was not loaded, and should have been absent, has something under it.
    Unexpected(Key),
    /// It failed.
    Failed(Fault),
}

impl From<StoreError> for Conflict {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl DynamoStore {
    /// Loads, decides and commits, again and again until it stands.
    pub(super) async fn decide_and_commit(&self, keys: Vec<Key>, mut decide: Decide) -> Result<(), StoreError> {
        let mut attempts = Attempts::new();
        let mut also: Vec<Key> = Vec::new();
        let mut turn = None;
        loop {
            let outcome = self.attempt(&keys, &also, &mut decide, &mut attempts, &mut turn).await;
            let fault = match outcome {
                Ok(()) => return Ok(()),
                Err(Conflict::Changed(Some(key), _)) if !is_for(turn.as_ref(), &key) => {
                    turn = attempts.wait(self.lines.take(&key, turn)).await?;
                    continue;
                }
                Err(Conflict::Changed(_, reason)) => Fault::Again(reason),
                Err(Conflict::Failed(fault)) => fault,
                // A tombstone is known from then on; an item is found out by the next attempt.
                Err(Conflict::Unexpected(key)) => {
                    if !also.contains(&key) {
                        also.push(key);
                    }
                    Fault::Again("a key was used before".to_owned())
                }
            };
            attempts.again(fault).await?;
        }
    }

    async fn attempt(
        &self,
        keys: &[Key],
        also: &[Key],
        decide: &mut Decide,
        attempts: &mut Attempts,
        turn: &mut Option<Turn>,
    ) -> Result<(), Conflict> {
        let now = self.clock.now();
        let used: Vec<(Key, Stored)> = also.iter().cloned().zip(self.load(also).await?).collect();
        let mut run = Run { rounds: Rounds::new(now, keys.to_vec())?, seen: Vec::new(), loads: 0, used };
        let changes = loop {
            let wanted = run.rounds.wanted();
            self.stand_in_line(&wanted, attempts, turn).await?;
            self.load_round(&mut run, wanted, now).await?;
            if let Some(changes) = run.rounds.decide(decide)? {
                break changes;
            }
        };
        let commit = Self::mark();
        let steps = run.steps(&changes, now, &commit)?;
        if steps.iter().all(|step| step.attributes.is_none()) {
            return self.confirm(&run).await;
        }
        self.send(&steps, &commit, attempts).await
    }

    /// Waits for a turn if somebody has one for what is to be loaded, unless one has been given already.
    async fn stand_in_line(
        &self,
        keys: &[Key],
        attempts: &Attempts,
        turn: &mut Option<Turn>,
    ) -> Result<(), StoreError> {
        if turn.is_none()
            && let Some(key) = self.lines.busy(keys)
        {
            *turn = attempts.wait(self.lines.take(key, None)).await?;
        }
        Ok(())
    }

    async fn load_round(&self, run: &mut Run, wanted: Vec<Key>, now: Timestamp) -> Result<(), StoreError> {
        if wanted.is_empty() {
            return Ok(());
        }
        run.loads = run.loads.saturating_add(1);
        let stored = self.load(&wanted).await?;
        for (key, stored) in wanted.into_iter().zip(stored) {
            run.rounds.found(key.clone(), stored.item().cloned(), next_version(now, stored.version()));
            run.seen.push((key, stored));
        }
        Ok(())
    }

    /// A decision that changes nothing rests on one moment too: what was loaded in several rounds is looked at once more.
    async fn confirm(&self, run: &Run) -> Result<(), Conflict> {
        if run.loads < 2 {
            return Ok(());
        }
        let keys: Vec<Key> = run.seen.iter().map(|(key, _)| key.clone()).collect();
        let stored = self.load(&keys).await?;
        let same = run.seen.iter().zip(&stored).all(|((_, before), after)| before == after);
        if same { Ok(()) } else { Err(Conflict::Changed(None, "something changed between two reads".to_owned())) }
    }

    /// Sends the commit until it is known to be done or not to be.
    async fn send(&self, steps: &[Step], commit: &str, attempts: &mut Attempts) -> Result<(), Conflict> {
        let mut unknown = false;
        loop {
            let again = match self.transact(steps, commit).await? {
                Sent::Done => return Ok(()),
                Sent::Refused(conflict) => return Err(conflict),
                Sent::Failed(Fault::Unknown(reason)) => {
                    unknown = true;
                    Fault::Unknown(reason)
                }
                // Without an answer to an earlier one it cannot be decided anew: this one has to be settled first.
                Sent::Failed(Fault::Again(reason)) | Sent::Busy(_, reason) if unknown => Fault::Unknown(reason),
                Sent::Busy(key, reason) => return Err(Conflict::Changed(Some(key), reason)),
                Sent::Failed(fault) => return Err(Conflict::Failed(fault)),
            };
            attempts.again(again).await?;
        }
    }

    async fn transact(&self, steps: &[Step], commit: &str) -> Result<Sent, StoreError> {
        let items = steps.iter().map(|step| self.transact_item(step)).collect::<Result<Vec<_>, _>>()?;
        let request = self.client.transact_write_items().set_transact_items(Some(items)).client_request_token(commit);
        let error = match request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
            Ok(output) => {
                self.meter.add(Units::Write, output.consumed_capacity());
                return Ok(Sent::Done);
            }
            Err(error) => error,
        };
        Ok(match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                self.outcome(steps, canceled.cancellation_reasons(), commit)
            }
            _ => Sent::Failed(self.fault(steps.iter().map(|step| step.key.table), &error)),
        })
    }

    fn transact_item(&self, step: &Step) -> Result<TransactWriteItem, StoreError> {
        let (table, condition) = (self.name(step.key.table), step.guard.condition());
        let names = step.guard.names(&step.key).into_iter().map(|(place, name)| (place.to_owned(), name.to_owned()));
        let names = Some(names.collect());
        let values = step.guard.value().map(|value| [(":version".to_owned(), value)].into());
        let old = ReturnValuesOnConditionCheckFailure::AllOld;
        let item = TransactWriteItem::builder();
        Ok(match &step.attributes {
            Some(attributes) => {
                let put = Put::builder().table_name(table).set_item(Some(attributes.clone()));
                let put = put.condition_expression(condition).set_expression_attribute_names(names);
                let put = put.set_expression_attribute_values(values).return_values_on_condition_check_failure(old);
                item.put(put.build().map_err(unbuildable)?).build()
            }
            None => {
                let check = ConditionCheck::builder().table_name(table).set_key(Some(key_attributes(&step.key)));
                let check = check.condition_expression(condition).set_expression_attribute_names(names);
                let check = check.set_expression_attribute_values(values).return_values_on_condition_check_failure(old);
                item.condition_check(check.build().map_err(unbuildable)?).build()
            }
        })
    }

    /// What the reasons for which a transaction was canceled mean, one for each of its steps.
    fn outcome(&self, steps: &[Step], reasons: &[CancellationReason], commit: &str) -> Sent {
        if reasons.iter().any(|reason| is_ours(reason.item(), commit)) {
            return Sent::Done;
        }
        let mut busy = None;
        let mut refused = None;
        for (step, reason) in steps.iter().zip(reasons) {
            match reason.code().unwrap_or("None") {
                "None" => {}
                "ConditionalCheckFailed" => {
                    refused.get_or_insert_with(|| step.conflict());
                }
                "ValidationError" => {
                    let fault = Fault::from(invalid(reason.message().unwrap_or_default()));
                    return Sent::Failed(fault.about(&self.names([step.key.table])));
                }
                other => busy = Some((&step.key, other)),
            }
        }
        match (refused, busy) {
            (Some(conflict), _) => Sent::Refused(conflict),
            (None, Some((key, reason))) => Sent::Busy(key.clone(), format!("{}: {reason}", self.names([key.table]))),
            (None, None) => Sent::Failed(Fault::Again("the transaction was canceled".to_owned())),
        }
    }
}

/// One run of a decision, with what was found.
struct Run {
    rounds: Rounds,
    seen: Vec<(Key, Stored)>,
    /// How many rounds loaded something.
    loads: usize,
    /// Keys that are written without having been loaded, and of which more is known.
    used: Vec<(Key, Stored)>,
}

impl Run {
    /// The writes, and the guards of what was only read.
    fn steps(&self, changes: &Changes, now: Timestamp, commit: &str) -> Result<Vec<Step>, StoreError> {
        let mut steps = Vec::with_capacity(self.seen.len().saturating_add(changes.writes().len()));
        for write in changes.writes() {
            steps.push(self.written(write, now, commit)?);
        }
        let written = |key: &Key| changes.writes().iter().any(|write| write.key() == key);
        let guarded = |key: &Key| !written(key) && !changes.unguarded().contains(key);
        let read = self.seen.iter().filter(|(key, _)| guarded(key));
        steps.extend(read.map(|(key, stored)| Step {
            key: key.clone(),
            guard: Guard::of(stored),
            attributes: None,
            loaded: true,
        }));
        Ok(steps)
    }

    fn written(&self, write: &Write, now: Timestamp, commit: &str) -> Result<Step, StoreError> {
        let key = write.key();
        let stored = self.stored(key)?;
        let version = next_version(now, stored.version());
        let attributes = match write {
            Write::Put { body, private, .. } => Some(encode(key, body, private.as_deref(), version, commit)?),
            // What is gone stays guarded as it is.
            Write::Delete { .. } => stored.item().is_some().then(|| tombstone(key, version, commit, now.as_second())),
        };
        let loaded = self.rounds.loaded().contains(key);
        Ok(Step { key: key.clone(), guard: Guard::of(stored), attributes, loaded })
    }

    fn stored(&self, key: &Key) -> Result<&Stored, StoreError> {
        if let Some((_, stored)) = self.seen.iter().find(|(seen, _)| seen == key) {
            return Ok(stored);
        }
        match self.used.iter().find(|(used, _)| used == key) {
            None => Ok(&Stored::Absent),
            Some((_, Stored::Item(_))) => Err(StoreError::Misuse(format!("{key} was not loaded and exists already"))),
            Some((_, stored)) => Ok(stored),
        }
    }
}

/// What became of a commit that was sent.
enum Sent {
    /// It stands.
    Done,
    /// It does not stand, and never will.
    Refused(Conflict),
    /// It does not stand, because another writer was at this key at the same moment.
    Busy(Key, String),
    /// There is no answer, or not a definite one.
    Failed(Fault),
}

impl Step {
    /// What it means that the guard did not hold.
    fn conflict(&self) -> Conflict {
        if self.loaded {
            Conflict::Changed(
                Some(self.key.clone()),
                format!("an item of {} has changed", self.key.table.definition().name),
            )
        } else {
            Conflict::Unexpected(self.key.clone())
        }
    }
}

fn is_ours(found: Option<&Attributes>, commit: &str) -> bool {
    found.and_then(|found| found.get(COMMIT)).and_then(|mark| mark.as_s().ok()).is_some_and(|mark| mark == commit)
}
