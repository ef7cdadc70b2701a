//! What follows from a delivery: how far it went, when it is tried again, and what becomes a dead letter.

use jiff::Timestamp;

use super::state::Progress;
use super::{DeadLetter, Delivered, Setback};
use crate::Notice;

/// Attempts at one event before it becomes a dead letter.
pub(super) const ATTEMPTS: u32 = 8;
/// The first pause, in milliseconds; they double.
const PAUSE: i64 = 250;
/// The longest pause, in milliseconds.
const LONGEST: i64 = 60_000;
/// Characters that are kept of a reason.
const REASON: usize = 500;

/// What was tried, and what came back.
pub(super) struct Outcome<'a> {
    pub(super) pipeline: &'a str,
    /// What was to be delivered.
    pub(super) events: &'a [Notice],
    /// The position up to which everything is done if all were.
    pub(super) through: i64,
    pub(super) delivered: Delivered,
    pub(super) now: Timestamp,
    /// Any number, for the jitter.
    pub(super) random: u64,
}

/// How far it is now, and the event that is given up.
pub(super) fn settle(before: &Progress, outcome: Outcome<'_>) -> (Progress, Option<DeadLetter>) {
    let Outcome { pipeline, events, through, delivered, now, random } = outcome;
    let Some(failed) = events.get(delivered.done) else {
        return (Progress { position: through, ..Progress::default() }, None);
    };
    let (attempts, failures) = if delivered.done == 0 { (before.attempts, before.failures) } else { (0, 0) };
    let stopped = || Setback::Halt("the pipeline stopped without a reason".to_owned());
    let (setback, tried) = match delivered.then.unwrap_or_else(stopped) {
        Setback::Retry(reason) if attempts.saturating_add(1) >= ATTEMPTS => (Setback::Fail(reason), attempts),
        setback => (setback, attempts),
    };
    let waits = |attempts: u32, reason: String| Progress {
        position: failed.position.saturating_sub(1),
        attempts,
        failures: failures.saturating_add(1),
        pause_until: now.as_millisecond().saturating_add(pause(failures, random)),
        reason: Some(short(&reason)),
    };
    match setback {
        Setback::Halt(reason) => (waits(attempts, reason), None),
        Setback::Retry(reason) => (waits(attempts.saturating_add(1), reason), None),
        Setback::Fail(reason) => {
            let letter = DeadLetter::of(pipeline, failed, &short(&reason), tried.saturating_add(1), now);
            (Progress { position: failed.position, ..Progress::default() }, Some(letter))
        }
    }
}

/// Milliseconds until the next attempt: twice as many each time, up to a bound, and of those between half and all.
pub(super) fn pause(failures: u32, random: u64) -> i64 {
    let whole = PAUSE.saturating_mul(1_i64.checked_shl(failures.min(20)).unwrap_or(i64::MAX)).min(LONGEST);
    let half = whole / 2;
    let jitter = i64::try_from(random % u64::try_from(half.max(1)).unwrap_or(1)).unwrap_or(0);
    half.saturating_add(jitter)
}

/// A reason that is not too long to be kept.
pub(super) fn short(reason: &str) -> String {
    reason.chars().take(REASON).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn notice(position: i64) -> Notice {
        Notice {
            position,
            kind: "frontdesk.order.placed".to_owned(),
            aggregate: "order/u/o".to_owned(),
            subject: "u/o".to_owned(),
            sequence: position,
            time: "2030-01-01T12:00:00Z".to_owned(),
            data: RawValue::NULL.to_owned(),
            event: "{}".to_owned(),
            concerns: Vec::new(),
        }
    }

    fn after(before: &Progress, delivered: Delivered) -> (Progress, Option<DeadLetter>) {
        let events = [notice(4), notice(7)];
        let now = Timestamp::UNIX_EPOCH;
        settle(before, Outcome { pipeline: "p", events: &events, through: 9, delivered, now, random: 0 })
    }

    #[test]
    fn what_is_done_is_left_behind() {
        let before = Progress { position: 3, attempts: 2, failures: 5, ..Progress::default() };
        let (all, letter) = after(&before, Delivered { done: 2, then: None });
        assert_eq!((all, letter), (Progress { position: 9, ..Progress::default() }, None));
        let (some, letter) = after(&before, Delivered::until(1, Setback::Retry("no".to_owned())));
        assert_eq!((some.position, some.attempts, some.failures, letter), (6, 1, 1, None));
    }

    #[test]
    fn an_event_is_tried_several_times_and_then_given_up() {
        let mut progress = Progress { position: 3, ..Progress::default() };
        for attempt in 1..ATTEMPTS {
            let (next, letter) = after(&progress, Delivered::until(0, Setback::Retry("no".to_owned())));
            assert_eq!((next.position, next.attempts, letter), (3, attempt, None));
            assert!(next.pause_until > 0);
            progress = next;
        }
        let (next, letter) = after(&progress, Delivered::until(0, Setback::Retry("no".to_owned())));
        let letter = letter.unwrap();
        assert_eq!((letter.position, letter.attempts, letter.reason.as_str()), (4, ATTEMPTS, "no"));
        assert_eq!(next, Progress { position: 4, ..Progress::default() });
    }

    #[test]
    fn what_never_can_be_delivered_is_given_up_at_once_and_what_holds_everything_up_never() {
        let (next, letter) = after(&Progress::default(), Delivered::until(1, Setback::Fail("bad".to_owned())));
        assert_eq!((next.position, letter.unwrap().position), (7, 7));
        let mut progress = Progress { position: 3, ..Progress::default() };
        for _ in 0..1_000 {
            let (next, letter) = after(&progress, Delivered::until(0, Setback::Halt("full".to_owned())));
            assert_eq!((next.position, next.attempts, letter), (3, 0, None));
            progress = next;
        }
        let (silent, _) = after(&progress, Delivered { done: 0, then: None });
        assert_eq!((silent.position, silent.attempts), (3, 0));
    }

    #[test]
    fn pauses_grow_up_to_a_bound() {
        assert_eq!((pause(0, 0), pause(1, 0), pause(2, 0), pause(40, 0)), (125, 250, 500, 30_000));
        for random in 0..1_000 {
            assert!((125..250).contains(&pause(0, random)) && pause(u32::MAX, random) < LONGEST);
        }
    }
}
