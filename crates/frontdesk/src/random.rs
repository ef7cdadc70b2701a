//! Numbers that look random and are the same in every run (SplitMix64, by S. Vigna).

/// A sequence of numbers that its seed determines.
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of a seed: of all its parts, in their order.
    pub(crate) fn of(seed: &[u64]) -> Self {
        Self(seed.iter().fold(0, |state, part| mix(state ^ part.wrapping_add(GAMMA))))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// A number from `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0).saturating_add(1);
        let drawn = self.next().checked_rem(span).unwrap_or(0);
        from.saturating_add(i64::try_from(drawn).unwrap_or(0))
    }

    /// Whether something happens that happens so many times in a hundred.
    pub(crate) fn percent(&mut self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }

    /// One of these, if there are any.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(from.len()).unwrap_or(0).saturating_sub(1);
        usize::try_from(self.between(0, last)).ok().and_then(|at| from.get(at))
    }
}

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
