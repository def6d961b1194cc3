//! How late calls begin: a histogram as Prometheus has them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Up to so many seconds; what is later than the last is in none of these.
pub const BOUNDS_S: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Calls by how late they began. A call is due at its computer's place in the interval, and made at the end of the
/// tick in which that lies: so much of it is no delay, but how calls are made together.
#[derive(Debug, Default)]
pub struct Lateness {
    /// Calls by the first bound that they keep; the last are those beyond all.
    counts: [AtomicU64; BOUNDS_S.len() + 1],
    sum_us: AtomicU64,
}

impl Lateness {
    /// A call began so late.
    pub fn add(&self, late: Duration) {
        let place = BOUNDS_S.partition_point(|&bound_s| bound_s < late.as_secs_f64());
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        let late_us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        self.sum_us.fetch_add(late_us, Ordering::Relaxed);
    }

    /// For each bound how many calls kept it, and at the end how many there were.
    #[must_use]
    pub fn kept(&self) -> [u64; BOUNDS_S.len() + 1] {
        let mut kept = 0;
        self.counts.each_ref().map(|count| {
            kept += count.load(Ordering::Relaxed);
            kept
        })
    }

    /// Of all calls together, in seconds.
    #[must_use]
    pub fn sum_s(&self) -> f64 {
        Duration::from_micros(self.sum_us.load(Ordering::Relaxed)).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_how_late_they_are() {
        let lateness = Lateness::default();
        for late_ms in [0, 50, 51, 1_000, 1_001, 60_000] {
            lateness.add(Duration::from_millis(late_ms));
        }
        assert_eq!(lateness.kept(), [2, 3, 3, 3, 4, 5, 5, 6]);
        assert!((lateness.sum_s() - 62.102).abs() < 1e-9);
    }
}
