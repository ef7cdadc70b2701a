//! Sets of minutes, as intervals in order without overlap.

use crate::time::{Interval, Minute};

/// All minutes of the intervals, in whatever order they come.
pub fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| interval.minutes() > 0);
    intervals.sort_unstable();
    let mut joined: Vec<Interval> = Vec::with_capacity(intervals.len());
    for interval in intervals {
        match joined.last_mut() {
            Some(last) if interval.start <= last.end => last.end = last.end.max(interval.end),
            _ => joined.push(interval),
        }
    }
    joined
}

/// The minutes that lie in an interval and in one of the stretches.
pub fn within(interval: Interval, stretches: &[Interval]) -> impl Iterator<Item = Interval> {
    let first = stretches.partition_point(|stretch| stretch.end <= interval.start);
    let near = stretches.iter().skip(first).take_while(move |stretch| stretch.start < interval.end);
    near.map(move |stretch| stretch.intersection(interval))
}

/// The first minute from `minute` on that lies in none of the stretches.
pub fn first_gap(minute: Minute, stretches: &[Interval]) -> Minute {
    stretches
        .iter()
        .find(|stretch| stretch.start <= minute && minute < stretch.end)
        .map_or(minute, |stretch| stretch.end)
}

/// How many minutes of an interval lie in the stretches.
pub fn minutes(interval: Interval, stretches: &[Interval]) -> i64 {
    within(interval, stretches).map(Interval::minutes).sum()
}

/// The minutes of an interval that lie in none of the stretches, which are in order.
pub fn gaps(interval: Interval, stretches: &[Interval]) -> Vec<Interval> {
    let ends = std::iter::once(interval.start).chain(stretches.iter().map(|stretch| stretch.end));
    let starts = stretches.iter().map(|stretch| stretch.start).chain(std::iter::once(interval.end));
    let gaps = ends.zip(starts).map(|(end, start)| Interval::new(end, start).intersection(interval));
    gaps.filter(|gap| gap.minutes() > 0).collect()
}

/// The minutes of day that lie in both, each list in order without overlap.
pub(super) fn common(one: &[(i64, i64)], other: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|(from, to)| from < to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start: i64, end: i64) -> Interval {
        Interval::new(Minute(start), Minute(end))
    }

    #[test]
    fn neighbours_join_and_what_is_empty_goes() {
        let joined = union(vec![interval(5, 9), interval(20, 18), interval(1, 3), interval(3, 4), interval(6, 7)]);
        assert_eq!(joined, [interval(1, 4), interval(5, 9)]);
        assert_eq!(first_gap(Minute(2), &joined), Minute(4));
        assert_eq!(first_gap(Minute(4), &joined), Minute(4));
    }

    #[test]
    fn what_two_have_in_common() {
        let stretches = [interval(1, 4), interval(5, 9), interval(11, 12)];
        assert_eq!(within(interval(3, 11), &stretches).collect::<Vec<_>>(), [interval(3, 4), interval(5, 9)]);
        assert_eq!(within(interval(4, 5), &stretches).count(), 0);
        assert_eq!(minutes(interval(3, 11), &stretches), 5);
        let gaps_of = |from, to| gaps(interval(from, to), &stretches);
        assert_eq!(gaps_of(0, 20), [interval(0, 1), interval(4, 5), interval(9, 11), interval(12, 20)]);
        assert_eq!(gaps_of(2, 10), [interval(4, 5), interval(9, 10)]);
        assert_eq!(gaps_of(5, 9), []);
        assert_eq!(common(&[(0, 10), (20, 30)], &[(5, 25)]), [(5, 10), (20, 25)]);
    }
}
