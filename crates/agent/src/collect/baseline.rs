//! The earlier reading from which usage and rates are computed.

use std::time::{Duration, Instant};

/// Shorter intervals are too inaccurate: the kernel counts CPU time in hundredths of a second.
const SHORTEST: Duration = Duration::from_secs(1);

/// Two earlier readings at least a second apart, so that a second server that polls right after the first still
/// gets values over a meaningful interval.
pub struct Baseline<T> {
    newer: (Instant, T),
    older: Option<(Instant, T)>,
}

impl<T> Baseline<T> {
    /// Starts with the reading taken at start.
    pub fn new(now: Instant, first: T) -> Self {
        Self {
            newer: (now, first),
            older: None,
        }
    }

    /// The last reading that is at least a second old, with its age in seconds; until there is one, the first.
    pub fn reference(&self, now: Instant) -> (&T, f64) {
        let (then, reading) = match &self.older {
            Some(older) if now - self.newer.0 < SHORTEST => older,
            _ => &self.newer,
        };
        (reading, (now - *then).as_secs_f64())
    }

    /// Stores this reading if the last stored one is at least a second old.
    pub fn remember(&mut self, now: Instant, reading: T) {
        if now - self.newer.0 >= SHORTEST {
            let newer = std::mem::replace(&mut self.newer, (now, reading));
            self.older = Some(newer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_compared_with_one_at_least_a_second_old() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut baseline = Baseline::new(start, 0);
        // The time of a request, and the reading that it must be compared with, named by its time.
        let expected = [
            (300, 0),
            (1_100, 0),
            (1_600, 0),
            (2_200, 1_100),
            (2_300, 1_100),
            (32_300, 2_200),
            (32_301, 2_200),
            (33_300, 32_300),
        ];
        for (now_ms, reference_ms) in expected {
            let (&reference, age_s) = baseline.reference(at(now_ms));
            assert_eq!(reference, reference_ms, "at {now_ms} ms");
            assert_eq!((age_s * 1000.0).round() as u64, now_ms - reference_ms);
            baseline.remember(at(now_ms), now_ms);
        }
    }
}
