//! Product and limit in turns, and the medians of what they reach.

use std::time::Duration;

use crate::Outcome;
use crate::options::Options;

/// What one side reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Answers a second.
    pub(crate) rate: u64,
    /// Processor time of the server for one answer, in nanoseconds.
    pub(crate) cpu_nanos: u64,
    /// Half of the answers take at most so long, in microseconds.
    pub(crate) p50_micros: u64,
    /// Of a hundred answers 99 take at most so long, in microseconds.
    pub(crate) p99_micros: u64,
}

/// Something that can be measured again and again.
pub(crate) trait Side {
    /// Measures for so long.
    async fn measure(&mut self, length: Duration) -> Outcome<Figures>;
}

/// What both sides reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    /// The product.
    pub(crate) product: Figures,
    /// Its limit.
    pub(crate) limit: Figures,
}

impl Figures {
    /// The figures of the durations of answers, which took so long and so much processor time together.
    pub(crate) fn new(mut durations: Vec<Duration>, elapsed: Duration, cpu: Duration) -> Self {
        durations.sort_unstable();
        let count = durations.len() as u64;
        let percentile = |percent: usize| {
            let at = (durations.len() * percent / 100).min(durations.len().saturating_sub(1));
            durations.get(at).map_or(0, |duration| micros(*duration))
        };
        Self {
            rate: count.saturating_mul(1_000_000).checked_div(micros(elapsed)).unwrap_or(0),
            cpu_nanos: micros(cpu).saturating_mul(1_000).checked_div(count).unwrap_or(0),
            p50_micros: percentile(50),
            p99_micros: percentile(99),
        }
    }

    fn median(rounds: &[Self]) -> Self {
        let of = |value: fn(&Self) -> u64| median(rounds.iter().map(value).collect());
        Self {
            rate: of(|round| round.rate),
            cpu_nanos: of(|round| round.cpu_nanos),
            p50_micros: of(|round| round.p50_micros),
            p99_micros: of(|round| round.p99_micros),
        }
    }
}

impl Comparison {
    /// Measures product and limit in turns, after a short round that does not count.
    pub(crate) async fn run(options: &Options, product: &mut impl Side, limit: &mut impl Side) -> Outcome<Self> {
        let length = options.seconds();
        product.measure(length / 4).await?;
        limit.measure(length / 4).await?;
        let (mut products, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds() {
            products.push(product.measure(length).await?);
            limits.push(limit.measure(length).await?);
        }
        Ok(Self { product: Figures::median(&products), limit: Figures::median(&limits) })
    }
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rates_shares_and_percentiles() {
        let durations = (1..=100).rev().map(Duration::from_micros).collect();
        let figures = Figures::new(durations, Duration::from_millis(10), Duration::from_millis(1));
        assert_eq!(figures, Figures { rate: 10_000, cpu_nanos: 10_000, p50_micros: 51, p99_micros: 100 });
        assert_eq!(Figures::new(Vec::new(), Duration::ZERO, Duration::ZERO), Figures::default());
    }

    #[test]
    fn an_odd_round_does_not_move_the_median() {
        assert_eq!(median(vec![900, 10, 11]), 11);
    }
}
