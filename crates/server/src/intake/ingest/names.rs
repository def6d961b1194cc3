//! Limits how many different series names a computer may use in a day.
//!
//! An answer has at most 512 series, but each answer could have different ones. Each name takes a row forever, and a
//! chunk per day of use. Interfaces and mounts come and go, but a well-behaved computer stays far below a thousand
//! names a day.

use crate::ops::clock::DAY_MS;
use muster_wire::Series;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Different names per day (UTC), at most.
const MAX_A_DAY: usize = 1_024;

/// Hashes of the names that a computer used today. A rare collision makes two names count as one, which does no harm.
#[derive(Clone, Debug, Default)]
pub struct SeriesNames {
    day: i64,
    /// Sorted.
    seen: Vec<u32>,
    warned: bool,
}

impl SeriesNames {
    /// Drops the series whose names exceed the limit.
    pub fn limit_series(&mut self, computer_id: i64, series: &mut Series, now_ms: i64) {
        let day = now_ms.div_euclid(DAY_MS);
        // Earlier times, from a clock that was set back or a backfill, do not start a new day.
        if day > self.day {
            *self = Self {
                day,
                ..Self::default()
            };
        }
        let sent = series.len();
        series.retain(|name| self.is_admitted(name));
        if series.len() < sent && !self.warned {
            self.warned = true;
            tracing::warn!(
                computer_id,
                limit = MAX_A_DAY,
                "the agent sends too many different series names a day; ignoring the others"
            );
        }
    }

    fn is_admitted(&mut self, name: &str) -> bool {
        let hash = short_hash(name);
        match self.seen.binary_search(&hash) {
            Ok(_) => true,
            Err(_) if self.seen.len() >= MAX_A_DAY => false,
            Err(place) => {
                self.seen.insert(place, hash);
                true
            }
        }
    }
}

fn short_hash(name: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let [_, _, _, _, a, b, c, d] = hasher.finish().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(names: &mut SeriesNames, from: usize, now_ms: i64) -> usize {
        let mut series = Series::default();
        for n in from..from + 512 {
            series.push(format!("some.series:{n}"), 1_i64);
        }
        names.limit_series(1, &mut series, now_ms);
        series.len()
    }

    #[test]
    fn too_many_new_names_are_left_out() {
        let mut names = SeriesNames::default();
        assert_eq!(sent(&mut names, 0, 1), 512);
        assert_eq!(sent(&mut names, 512, 2), 512);
        // Hashes may collide.
        assert!(sent(&mut names, 1_024, 3) <= 2);
        assert_eq!(sent(&mut names, 256, 4), 512);
        assert_eq!(sent(&mut names, 2_000, DAY_MS), 512);
        assert_eq!(sent(&mut names, 3_000, 5), 512);
        assert!(sent(&mut names, 4_000, 6) <= 2);
        assert!(sent(&mut names, 5_000, DAY_MS) <= 2);
        assert!(names.seen.len() <= MAX_A_DAY);
    }
}
