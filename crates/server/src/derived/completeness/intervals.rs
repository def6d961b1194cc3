//! The poll intervals over time.

use muster_store::Event;

/// Time without a sample is a gap if it is longer than this many halves of an interval.
const HALVES: i64 = 5;
/// Minimum interval of an event: a row that a script wrote must not make the work endless.
const SHORTEST_MS: i64 = 100;

/// The intervals that applied, one after the other.
#[derive(Clone, Debug)]
pub struct Intervals {
    /// Start time and interval of each; the first one starts at `i64::MIN`.
    from: Vec<(i64, i64)>,
}

impl Intervals {
    /// Built from the server's own events. Before the first event its interval applies, or the present one if there
    /// are no events.
    pub fn from_events(events: &[Event], now_in_force_ms: i64) -> Self {
        let told = events.iter().filter_map(|event| {
            let interval_ms = event.interval_ms?.max(SHORTEST_MS);
            Some((event.at_ms, interval_ms))
        });
        let mut from: Vec<(i64, i64)> = told.collect();
        from.dedup_by_key(|&mut (_, interval_ms)| interval_ms);
        match from.first_mut() {
            Some((first_ms, _)) => *first_ms = i64::MIN,
            None => from.push((i64::MIN, now_in_force_ms.max(SHORTEST_MS))),
        }
        Self { from }
    }

    /// The interval at a moment.
    pub fn interval_at(&self, moment_ms: i64) -> i64 {
        let after = self
            .from
            .partition_point(|&(from_ms, _)| from_ms <= moment_ms);
        self.from[after.saturating_sub(1)].1
    }

    /// How far apart two samples around these times may be without a gap between them.
    pub fn longest_step_ms(&self, before_ms: i64, after_ms: i64) -> i64 {
        self.interval_at(before_ms)
            .max(self.interval_at(after_ms))
            .saturating_mul(HALVES)
            / 2
    }

    /// The same for the longest of all intervals.
    pub fn reach_ms(&self) -> i64 {
        let longest = self.from.iter().map(|&(_, interval_ms)| interval_ms).max();
        longest.unwrap_or(SHORTEST_MS).saturating_mul(HALVES) / 2
    }

    /// How many samples a span should have.
    pub fn expected(&self, from_ms: i64, to_ms: i64) -> u64 {
        let ends = self.from.iter().skip(1).map(|&(next_ms, _)| next_ms);
        let pieces = self.from.iter().zip(ends.chain([i64::MAX]));
        let count = |(&(begin_ms, interval_ms), end_ms): (&(i64, i64), i64)| {
            let length_ms = end_ms.min(to_ms).saturating_sub(begin_ms.max(from_ms));
            #[expect(
                clippy::cast_precision_loss,
                reason = "a share of whole samples is summed"
            )]
            let share = length_ms.max(0) as f64 / interval_ms as f64;
            share
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "no length is negative, and what is begun is not due yet"
        )]
        let expected = pieces.map(count).sum::<f64>() as u64;
        expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_store::EventKind;

    fn started(at_ms: i64, interval_ms: i64) -> Event {
        Event {
            computer_id: None,
            at_ms,
            kind: EventKind::ServerStarted,
            reason: None,
            interval_ms: Some(interval_ms),
        }
    }

    #[test]
    fn each_interval_applies_to_its_own_time() {
        let intervals =
            Intervals::from_events(&[started(50_000, 10_000), started(100_000, 1_000)], 7);
        assert_eq!(intervals.interval_at(0), 10_000);
        assert_eq!(intervals.interval_at(99_999), 10_000);
        assert_eq!(intervals.interval_at(100_000), 1_000);
        assert_eq!(intervals.expected(0, 100_000), 10);
        assert_eq!(intervals.expected(80_000, 110_000), 2 + 10);
        assert_eq!(intervals.expected(0, 9_999), 0);
        assert_eq!(intervals.expected(9, 9), 0);
        assert_eq!(intervals.longest_step_ms(90_000, 101_000), 25_000);
        assert_eq!(intervals.longest_step_ms(100_000, 101_000), 2_500);
    }

    #[test]
    fn without_events_the_current_interval_applies() {
        let intervals = Intervals::from_events(&[], 30_000);
        assert_eq!(intervals.expected(0, 300_000), 10);
        assert_eq!(
            Intervals::from_events(&[started(5, -1)], 30_000).interval_at(5),
            SHORTEST_MS
        );
    }
}
