//! What came of it: answers by status, and how long they took.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Steps of one doubling: a time is known to a sixteenth.
const STEPS: u32 = 16;
/// Doublings of a microsecond that are told apart; beyond is an hour.
const DOUBLINGS: u32 = 32;

/// Counts of answers.
#[derive(Default)]
pub(super) struct Tally {
    all: Mutex<(Counts, Counts)>,
}

/// Counts since some time.
#[derive(Clone, Default)]
struct Counts {
    /// By status; 0 is no answer.
    statuses: BTreeMap<u16, u64>,
    /// How many answers took as long as each step.
    times: BTreeMap<u32, u64>,
}

impl Tally {
    /// Counts an answer, or that there was none.
    pub(super) fn count(&self, status: Option<u16>, took: Duration) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let (whole, recent) = &mut *all;
        for counts in [whole, recent] {
            add(&mut counts.statuses, status.unwrap_or(0));
            if status.is_some() {
                add(&mut counts.times, step(took));
            }
        }
    }

    /// What happened since the last line.
    pub(super) fn line(&self, since: Duration) -> String {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = std::mem::take(&mut all.1);
        drop(all);
        format!("{:>6} s  {}", since.as_secs(), recent.described())
    }

    /// What happened, and how many requests were not sent because nobody was free.
    pub(super) fn summary(&self, lasted: Duration, late: u64) -> String {
        let whole = self.all.lock().unwrap_or_else(PoisonError::into_inner).0.clone();
        let total: u64 = whole.statuses.values().sum();
        let tenths = u128::from(total).saturating_mul(10_000).checked_div(lasted.as_millis()).unwrap_or(0);
        let mut text = format!(
            "{} in {} s, {}.{} a second\n",
            whole.described(),
            lasted.as_secs(),
            tenths.div_euclid(10),
            tenths.rem_euclid(10)
        );
        for (status, count) in &whole.statuses {
            let name = if *status == 0 { "no answer".to_owned() } else { status.to_string() };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:>9}  {count}");
        }
        if late > 0 {
            let _ = writeln!(text, "{late} requests were due while everybody was busy; more --users would send them");
        }
        text.trim_end().to_owned()
    }
}

impl Counts {
    fn described(&self) -> String {
        let total: u64 = self.statuses.values().sum();
        let kind = |of: &dyn Fn(u16) -> bool| -> u64 {
            self.statuses.iter().filter(|(status, _)| of(**status)).map(|(_, count)| count).sum()
        };
        let (fine, refused) =
            (kind(&|status| (200..300).contains(&status)), kind(&|status| (400..500).contains(&status)));
        let failed = kind(&|status| status == 0 || status >= 500);
        let (p50, p99) = (self.within(50), self.within(99));
        format!("{total} requests: {fine} fine, {refused} refused, {failed} failed; p50 {p50}, p99 {p99}")
    }

    /// The time within which so many of a hundred answers came.
    fn within(&self, of_hundred: u64) -> String {
        let total: u64 = self.times.values().sum();
        let wanted = total.saturating_mul(of_hundred).div_ceil(100);
        let mut seen: u64 = 0;
        for (step, count) in &self.times {
            seen = seen.saturating_add(*count);
            if seen >= wanted {
                return shown(end_of(*step));
            }
        }
        "none".to_owned()
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}

/// The step of a time: its doublings of a microsecond, and the sixteenths on the way to the next.
fn step(took: Duration) -> u32 {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
    let doublings = micros.ilog2();
    if doublings >= DOUBLINGS {
        return DOUBLINGS.saturating_mul(STEPS);
    }
    let rest = micros.saturating_sub(1 << doublings).saturating_mul(u64::from(STEPS)) >> doublings;
    doublings.saturating_mul(STEPS).saturating_add(u32::try_from(rest).unwrap_or(0))
}

/// The microseconds at which a step ends.
const fn end_of(step: u32) -> u64 {
    let (doublings, rest) = (step / STEPS, step % STEPS);
    let begin = 1_u64 << doublings;
    begin + ((begin * (rest as u64 + 1)) / STEPS as u64)
}

/// Milliseconds with a tenth, or microseconds of what is shorter.
fn shown(micros: u64) -> String {
    if micros < 1_000 {
        return format!("{micros} us");
    }
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_known_to_a_sixteenth() {
        for micros in [1, 2, 3, 17, 999, 1_000, 31_415, 1_000_000, 59_999_999] {
            let end = end_of(step(Duration::from_micros(micros)));
            assert!(end >= micros && end <= micros + micros / 16 + 1, "{micros}: {end}");
        }
        assert_eq!(step(Duration::from_secs(90_000)), DOUBLINGS * STEPS);
    }

    #[test]
    fn a_line_has_what_is_new_and_the_summary_all() {
        let tally = Tally::default();
        for (status, millis) in [(Some(200), 2), (Some(201), 2), (Some(409), 2), (None, 9_000)] {
            tally.count(status, Duration::from_millis(millis));
        }
        let line = tally.line(Duration::from_secs(10));
        assert!(line.contains("4 requests: 2 fine, 1 refused, 1 failed; p50 2."), "{line}");
        assert!(tally.line(Duration::from_secs(20)).contains("0 requests"));
        let summary = tally.summary(Duration::from_secs(4), 3);
        for part in ["4 requests", "1.0 a second", "200  1", "no answer  1", "3 requests were due"] {
            assert!(summary.contains(part), "{part}: {summary}");
        }
    }
}
