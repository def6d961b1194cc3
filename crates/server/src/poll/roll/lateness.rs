//! A Prometheus histogram of how late polls start.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, in seconds. Later polls count in `+Inf` only.
pub const BOUNDS_S: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Histogram of the delay from when a computer is due to when its poll starts. A poll starts at the end of its tick,
/// so up to one tick of the delay is by design.
#[derive(Debug, Default)]
pub struct Lateness {
    /// Polls per bucket, not cumulative; the last bucket is `+Inf`.
    counts: [AtomicU64; BOUNDS_S.len() + 1],
    sum_us: AtomicU64,
}

impl Lateness {
    /// Counts a poll that started this late.
    pub fn record(&self, late: Duration) {
        let place = BOUNDS_S.partition_point(|&bound_s| bound_s < late.as_secs_f64());
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        let late_us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        self.sum_us.fetch_add(late_us, Ordering::Relaxed);
    }

    /// Cumulative counts as Prometheus wants them, `+Inf` last.
    #[must_use]
    pub fn cumulative_counts(&self) -> [u64; BOUNDS_S.len() + 1] {
        let mut kept = 0;
        self.counts.each_ref().map(|count| {
            kept += count.load(Ordering::Relaxed);
            kept
        })
    }

    /// The sum of all delays, in seconds.
    #[must_use]
    pub fn sum_s(&self) -> f64 {
        Duration::from_micros(self.sum_us.load(Ordering::Relaxed)).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_are_counted_by_lateness() {
        let lateness = Lateness::default();
        for late_ms in [0, 50, 51, 1_000, 1_001, 60_000] {
            lateness.record(Duration::from_millis(late_ms));
        }
        assert_eq!(lateness.cumulative_counts(), [2, 3, 3, 3, 4, 5, 5, 6]);
        assert!((lateness.sum_s() - 62.102).abs() < 1e-9);
    }
}
