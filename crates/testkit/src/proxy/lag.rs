//! Indexes that lag: earlier answers of the same query are kept, with how many writes had been done by then, and given again.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde_json::Value;

/// Answers that are kept of one query.
const KEPT: usize = 8;
/// What an index shows of a partition before anything was written to it.
const NOTHING: &str = r#"{"Items":[],"Count":0,"ScannedCount":0}"#;

/// The earlier answers of a proxy.
#[derive(Default)]
pub(super) struct Lag {
    writes: AtomicU64,
    /// Of a hundred answers so many may be late, and by how many writes.
    percent: AtomicU64,
    late: AtomicU64,
    kept: Mutex<HashMap<String, VecDeque<(u64, Bytes)>>>,
}

impl Lag {
    /// What tells a query of an index from others; nothing for other requests. The order of members is any.
    pub(super) fn query(target: &str, body: &[u8]) -> Option<String> {
        let request: Value = target.ends_with(".Query").then(|| serde_json::from_slice(body).ok())??;
        request.get("IndexName")?;
        Some(sorted(&request))
    }

    /// How many writes there were.
    pub(super) fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    /// Of a hundred answers so many may be late, by so many writes.
    pub(super) fn set(&self, percent: u64, writes: u64) {
        self.percent.store(percent, Ordering::SeqCst);
        self.late.store(writes, Ordering::SeqCst);
    }

    /// A request was answered well; the answer is of no earlier moment than that.
    pub(super) fn passed(&self, target: &str, index: Option<String>, seen_at: u64, answer: &Bytes) {
        if ["TransactWriteItems", "PutItem", "DeleteItem"].iter().any(|write| target.ends_with(write)) {
            self.writes.fetch_add(1, Ordering::SeqCst);
        }
        let Some(index) = index else { return };
        let mut kept = self.kept.lock().unwrap();
        let answers =
            kept.entry(index).or_insert_with(|| VecDeque::from([(0, Bytes::from_static(NOTHING.as_bytes()))]));
        answers.push_back((seen_at, answer.clone()));
        if answers.len() > KEPT {
            answers.pop_front();
        }
    }

    /// An earlier answer, if one is due by the first number and there is one that is not too late; the second number chooses.
    pub(super) fn old(&self, index: &str, due: u64, number: u64) -> Option<Bytes> {
        if due % 100 >= self.percent.load(Ordering::SeqCst) {
            return None;
        }
        let since = self.writes().saturating_sub(self.late.load(Ordering::SeqCst));
        let first = (0, Bytes::from_static(NOTHING.as_bytes()));
        let kept = self.kept.lock().unwrap();
        let answers = kept.get(index).into_iter().flatten();
        let answers: Vec<&(u64, Bytes)> = answers
            .chain((!kept.contains_key(index)).then_some(&first))
            .filter(|(writes, _)| *writes >= since)
            .collect();
        let chosen = usize::try_from(number).unwrap_or(0).checked_rem(answers.len())?;
        Some(answers[chosen].1.clone())
    }
}

/// A request as text, the members in the order of their names.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<String> =
                members.iter().map(|(name, value)| format!("{name:?}:{}", sorted(value))).collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}
