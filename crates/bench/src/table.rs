//! The result: one table in Markdown.

use crate::compare::{Comparison, Figures};

const HEAD: &str = "\
| figure | product | limit | ratio | aim | CPU/answer, product | limit | p50 / p99, product | limit |
|---|---|---|---|---|---|---|---|---|";

/// What is aimed at, in hundredths.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// The product reaches at least this share of its limit.
    AtLeast(u64),
    /// The limit reaches at most this multiple of the product.
    SlowerByAtMost(u64),
    /// Nothing: the limit reaches this multiple of the product, for comparison.
    Nothing,
    /// Nothing: the product reaches this share of its limit, for comparison.
    Share,
}

/// Lines of the table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    /// Adds a comparison.
    pub(crate) fn compare(&mut self, figure: &str, comparison: Comparison, aim: Aim) {
        let Comparison { product, limit } = comparison;
        let share = |part: u64, whole: u64| part.saturating_mul(100).checked_div(whole).unwrap_or(0);
        let (ratio, aim) = match aim {
            Aim::AtLeast(least) => {
                let ratio = share(product.rate, limit.rate);
                (ratio, format!("≥ {}, {}", hundredths(least), met(ratio >= least)))
            }
            Aim::SlowerByAtMost(most) => {
                let ratio = share(limit.rate, product.rate);
                (ratio, format!("≤ {}, {}", hundredths(most), met(ratio <= most)))
            }
            Aim::Nothing => (share(limit.rate, product.rate), String::new()),
            Aim::Share => (share(product.rate, limit.rate), String::new()),
        };
        let rate = |figures: Figures| format!("{}/s", figures.rate);
        let cpu = |figures: Figures| format!("{}.{} µs", figures.cpu_nanos / 1_000, figures.cpu_nanos / 100 % 10);
        let latency = |figures: Figures| format!("{} / {} µs", figures.p50_micros, figures.p99_micros);
        self.line(&[
            figure,
            &rate(product),
            &rate(limit),
            &format!("**{}**", hundredths(ratio)),
            &aim,
            &cpu(product),
            &cpu(limit),
            &latency(product),
            &latency(limit),
        ]);
    }

    /// Adds a figure that has no limit.
    pub(crate) fn plain(&mut self, figure: &str, product: &str, aim: &str) {
        self.line(&[figure, product, "", "", aim, "", "", "", ""]);
    }

    fn line(&mut self, cells: &[&str; 9]) {
        self.lines.push(format!("| {} |", cells.join(" | ")));
    }

    /// The table, under what it was measured on.
    pub(crate) fn markdown(&self, machine: &str) -> String {
        format!("{machine}\n\n{HEAD}\n{}", self.lines.join("\n"))
    }
}

fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

const fn met(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_judged_by_its_aim() {
        let figures = |rate| Figures { rate, cpu_nanos: 8_150, p50_micros: 1, p99_micros: 2 };
        let mut table = Table::default();
        table.compare("a", Comparison { product: figures(49), limit: figures(100) }, Aim::AtLeast(50));
        table.compare("d", Comparison { product: figures(100), limit: figures(130) }, Aim::SlowerByAtMost(130));
        let text = table.markdown("machine");
        assert!(text.contains("| a | 49/s | 100/s | **0.49** | ≥ 0.50, missed | 8.1 µs |"), "{text}");
        assert!(text.contains("| d | 100/s | 130/s | **1.30** | ≤ 1.30, met |"), "{text}");
    }
}
