//! How many different series a computer may have in a day.
//!
//! An answer has at most 512, but the next one could have 512 others, and each name costs a number for ever, and a
//! chunk in each day that it occurs in. Interfaces and mounts come and go; nothing honest has a thousand a day.

use muster_wire::Series;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Different names of a day (UTC), at most.
const MAX_A_DAY: usize = 1_024;
const DAY_MS: i64 = 86_400_000;

/// The names that a computer has used today, by their hashes: two that share one count as one, which harms nobody.
#[derive(Clone, Debug, Default)]
pub struct SeriesNames {
    day: i64,
    /// Rising.
    seen: Vec<u32>,
    told: bool,
}

impl SeriesNames {
    /// Leaves out what is one too many.
    pub fn admit(&mut self, computer_id: i64, series: &mut Series, now_ms: i64) {
        let day = now_ms.div_euclid(DAY_MS);
        // A clock that is set back, or a page of readings that goes to and fro, begins no new day.
        if day > self.day {
            *self = Self {
                day,
                ..Self::default()
            };
        }
        let sent = series.len();
        series.retain(|name| self.is_admitted(name));
        if series.len() < sent && !self.told {
            self.told = true;
            tracing::warn!(
                computer_id,
                "its agent sends more than {MAX_A_DAY} different series a day: the rest of them is left out"
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
        names.admit(1, &mut series, now_ms);
        series.len()
    }

    #[test]
    fn new_names_without_end_are_left_out() {
        let mut names = SeriesNames::default();
        assert_eq!(sent(&mut names, 0, 1), 512);
        assert_eq!(sent(&mut names, 512, 2), 512);
        // Two hashes may be the same.
        assert!(sent(&mut names, 1_024, 3) <= 2);
        assert_eq!(sent(&mut names, 256, 4), 512);
        assert_eq!(sent(&mut names, 2_000, DAY_MS), 512);
        assert_eq!(sent(&mut names, 3_000, 5), 512);
        assert!(sent(&mut names, 4_000, 6) <= 2);
        assert!(sent(&mut names, 5_000, DAY_MS) <= 2);
        assert!(names.seen.len() <= MAX_A_DAY);
    }
}
