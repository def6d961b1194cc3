//! Which readings a simulated agent keeps for a server that could not poll it: one per full interval since it
//! started.
//!
//! A reading is a function of its time, so nothing is stored: the agent computes the missing readings when the
//! server asks for them.

/// Maximum readings in one answer, well below the allowed size.
const PAGE: usize = 40;
/// How long a reading is kept.
const MAX_AGE_MS: u64 = 24 * 60 * 60 * 1000;

/// The times at which an agent takes readings.
#[derive(Clone, Copy, Debug)]
pub struct ReadingSchedule {
    /// A reading at each multiple of this; not 0.
    pub interval_ms: u64,
    /// Start of the first interval, in Unix milliseconds.
    pub since_ms: u64,
}

/// The times of the readings in one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In Unix milliseconds, oldest first.
    pub times_ms: Vec<u64>,
    /// Whether there are more readings after these.
    pub more: bool,
}

impl ReadingSchedule {
    /// The number of readings kept at `now_ms`.
    #[must_use]
    pub fn count_kept(self, now_ms: u64) -> u32 {
        let first = self.first_multiple(0, now_ms);
        u32::try_from((now_ms / self.interval_ms + 1).saturating_sub(first)).unwrap_or(u32::MAX)
    }

    /// The kept readings after `after_ms`, as many as fit into one answer.
    #[must_use]
    pub fn page_after(self, after_ms: u64, now_ms: u64) -> Page {
        let multiples = self.first_multiple(after_ms, now_ms)..now_ms / self.interval_ms + 1;
        let times_ms = multiples
            .clone()
            .map(|multiple| multiple * self.interval_ms);
        Page {
            times_ms: times_ms.take(PAGE).collect(),
            more: multiples.count() > PAGE,
        }
    }

    /// The first multiple of the interval after `after_ms` whose reading is still kept.
    fn first_multiple(self, after_ms: u64, now_ms: u64) -> u64 {
        let oldest_ms = self.since_ms.max(now_ms.saturating_sub(MAX_AGE_MS));
        (after_ms / self.interval_ms + 1).max(oldest_ms.div_ceil(self.interval_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: ReadingSchedule = ReadingSchedule {
        interval_ms: 1_000,
        since_ms: 5_500,
    };

    #[test]
    fn keeps_one_reading_per_interval() {
        assert_eq!(SCHEDULE.count_kept(8_999), 3);
        assert_eq!(SCHEDULE.count_kept(0), 0);
        let day_ms = MAX_AGE_MS;
        assert_eq!(SCHEDULE.count_kept(10 * day_ms), 24 * 60 * 60 + 1);
        assert_eq!(SCHEDULE.page_after(0, 10 * day_ms).times_ms[0], 9 * day_ms);
    }

    #[test]
    fn a_long_history_comes_in_pages() {
        let page = SCHEDULE.page_after(6_000, 100_000);
        assert_eq!((page.times_ms.len(), page.times_ms[39]), (PAGE, 46_000));
        assert!(page.more);
        let last = SCHEDULE.page_after(99_000, 100_000);
        assert_eq!((last.times_ms, last.more), (vec![100_000], false));
    }
}
