//! Decides when samples are due for sealing. It is pure, so that benchmarks follow the same rules as the server.
//!
//! Each kind of work is spread over time: each computer has a delay of its own, so that not all are due at once.

use crate::SealCandidate;
use crate::sealed::{DAY_MS, HOUR_MS, day_of, hour_of};

const MINUTE_MS: i64 = 60_000;
/// An hour is sealed at the earliest this long after its end, when no sample of it is on its way any more.
const HOUR_KEEP_MS: i64 = 5 * MINUTE_MS;
/// Upper bound of a computer's own delay, which is added to it.
const HOUR_SPREAD_MS: i64 = 50 * MINUTE_MS;
/// An hour with fewer samples waits and is sealed with its day: its chunks would be smaller than a page of the file.
const FEW: usize = 40;
/// Rows older than this are sealed into days, however few they are.
const LATEST_MS: i64 = 12 * HOUR_MS;
/// Upper bound of the time by which a computer's rows are sealed before `LATEST_MS`.
const LATEST_SPREAD_MS: i64 = 3 * HOUR_MS;
/// Rows younger than this are not sealed then. Sealed rows also stay in the file this long, so that programs that
/// read the table find the last hours.
const KEEP_MS: i64 = 3 * HOUR_MS;
/// The hours of a day are merged at the earliest this long after its end.
const DAY_KEEP_MS: i64 = 3 * HOUR_MS;
/// Upper bound of a computer's own delay, which is added to it.
const DAY_SPREAD_MS: i64 = 12 * HOUR_MS;
/// The days of a month are merged at the earliest this long after its end.
const MONTH_KEEP_MS: i64 = DAY_MS;
/// Upper bound of a computer's own delay, which is added to it.
const MONTH_SPREAD_MS: i64 = 5 * DAY_MS;

/// The maximum number of computers whose hours are sealed in one transaction.
pub const MAX_TOGETHER: usize = 64;

/// How to seal a computer's rows before a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// An hour at a time.
    Hours(i64),
    /// A day at a time.
    Days(i64),
}

/// What is due for a computer with this oldest row.
#[must_use]
pub fn due_rows(oldest: &SealCandidate, now_ms: i64) -> Option<Due> {
    let id = oldest.computer_id;
    let oldest_ms = oldest.oldest_ms;
    if oldest_ms < now_ms - LATEST_MS + place_ms(id, LATEST_SPREAD_MS) {
        return Some(Due::Days(now_ms - KEEP_MS));
    }
    let over_ms = now_ms - HOUR_KEEP_MS;
    let is_over = hour_of(oldest_ms) + HOUR_MS + place_ms(id, HOUR_SPREAD_MS) <= over_ms;
    (is_over && oldest.in_hour >= FEW).then(|| Due::Hours(hour_of(over_ms)))
}

/// Hours are merged into days that end before this moment.
#[must_use]
pub fn days_before_ms(computer_id: i64, now_ms: i64) -> i64 {
    day_of(now_ms - DAY_KEEP_MS - place_ms(computer_id, DAY_SPREAD_MS))
}

/// Days are merged into months that end before this moment.
#[must_use]
pub fn months_before_ms(computer_id: i64, now_ms: i64) -> i64 {
    now_ms - MONTH_KEEP_MS - place_ms(computer_id, MONTH_SPREAD_MS)
}

/// New samples reuse sealed rows that arrived before this moment. All rows before it that are due are sealed by now.
#[must_use]
pub fn reuse_before_ms(now_ms: i64) -> i64 {
    hour_of(now_ms - KEEP_MS)
}

/// Sealed rows that arrived before this moment and were not reused, because fewer samples arrive now, are deleted.
#[must_use]
pub fn delete_sealed_before_ms(now_ms: i64) -> i64 {
    reuse_before_ms(now_ms - HOUR_MS)
}

/// A computer's delay within a stretch of time. Multiples of the golden ratio are evenly distributed for every
/// sequence of numbers. Neighbours share a delay, since their rows are neighbours in the file.
fn place_ms(computer_id: i64, stretch_ms: i64) -> i64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let neighbours = computer_id.div_euclid(MAX_TOGETHER as i64);
    let turned = neighbours.cast_unsigned().wrapping_mul(GOLDEN) >> 32;
    let place = (u128::from(turned) * u128::from(stretch_ms.unsigned_abs())) >> 32;
    i64::try_from(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not one of the first `MAX_TOGETHER` computers, whose delay is zero.
    const ID: i64 = 100;

    fn oldest(oldest_ms: i64, in_hour: usize) -> SealCandidate {
        SealCandidate {
            computer_id: ID,
            oldest_ms,
            in_hour,
        }
    }

    #[test]
    fn places_lie_within_their_stretch() {
        let places: Vec<_> = (-8_000..8_000).map(|id| place_ms(id, 1_000)).collect();
        assert!(places.iter().all(|place| (0..1_000).contains(place)));
        for part in 0..10 {
            let within = places.iter().filter(|&&place| place / 100 == part);
            assert!((1_520..=1_680).contains(&within.count()));
        }
        assert_eq!(place_ms(i64::MAX, 0), 0);
    }

    #[test]
    fn an_hour_is_due_once_it_is_over_and_full() {
        let full = oldest(10 * HOUR_MS + 5, 120);
        let due_ms = 11 * HOUR_MS + HOUR_KEEP_MS + place_ms(ID, HOUR_SPREAD_MS);
        assert_eq!(due_rows(&full, due_ms - 1), None);
        assert_eq!(due_rows(&full, due_ms), Some(Due::Hours(11 * HOUR_MS)));
        assert!(reuse_before_ms(due_ms) <= 10 * HOUR_MS);
        assert_eq!(reuse_before_ms(14 * HOUR_MS), 11 * HOUR_MS);
        assert_eq!(delete_sealed_before_ms(15 * HOUR_MS), 11 * HOUR_MS);
        let later_ms = due_ms + 2 * HOUR_MS;
        assert_eq!(due_rows(&full, later_ms), Some(Due::Hours(13 * HOUR_MS)));
    }

    #[test]
    fn what_is_few_waits_and_what_is_old_goes_into_days() {
        let few = oldest(10 * HOUR_MS, FEW - 1);
        assert_eq!(due_rows(&few, 18 * HOUR_MS), None);
        let now_ms = 22 * HOUR_MS + 1;
        assert_eq!(due_rows(&few, now_ms), Some(Due::Days(19 * HOUR_MS + 1)));
        let old = oldest(-400 * DAY_MS, 120);
        assert_eq!(due_rows(&old, 0), Some(Due::Days(-KEEP_MS)));
    }

    #[test]
    fn days_and_months_follow_when_they_are_over() {
        let place_ms = place_ms(ID, DAY_SPREAD_MS);
        let over_ms = DAY_MS + DAY_KEEP_MS + place_ms;
        assert_eq!(days_before_ms(ID, over_ms), DAY_MS);
        assert_eq!(days_before_ms(ID, over_ms - 1), 0);
        assert!(months_before_ms(ID, 40 * DAY_MS) < 39 * DAY_MS);
    }
}
