//! Identifiers that are the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::Ids;
use uuid::{Builder, Uuid};

/// Identifiers drawn from a seed: distinct, well-formed, and the same in every run.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededIds {
    /// The identifiers of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }

    fn draw(&self) -> (u64, [u8; 16]) {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let (high, low) = (mix(self.seed ^ drawn), mix(self.seed.rotate_left(32) ^ drawn));
        (drawn, ((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
    }
}

/// The finalizer of SplitMix64: a bijection, so that different numbers stay different.
const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Ids for SeededIds {
    fn ordered(&self) -> Uuid {
        let (drawn, bytes) = self.draw();
        let [.., a, b, c, d, e, f, g, h, i, j] = bytes;
        Builder::from_unix_timestamp_millis(drawn, &[a, b, c, d, e, f, g, h, i, j]).into_uuid()
    }

    fn random(&self) -> Uuid {
        Builder::from_random_bytes(self.draw().1).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn identifiers_repeat_with_the_seed_only() {
        let draw = |seed| -> Vec<Uuid> {
            let ids = SeededIds::new(seed);
            (0..1_000).flat_map(|_| [ids.ordered(), ids.random()]).collect()
        };
        assert_eq!(draw(1), draw(1));
        assert_eq!(draw(1).into_iter().chain(draw(2)).collect::<HashSet<_>>().len(), 4_000);
    }
}
