//! Computes rates from counters, in one place for storing, omitting and restoring them.

use crate::value::small_float;

/// The rate per second of a counter between two stored samples; `None` if the counter fell, because it
/// restarted in between, or if no time passed.
///
/// It depends only on stored values (bytes and milliseconds as integers), so it can be computed again, bit for
/// bit.
#[must_use]
pub fn rate(before_ms: i64, before: i64, now_ms: i64, now: i64) -> Option<f64> {
    let elapsed_ms = u64::try_from(now_ms.checked_sub(before_ms)?).ok()?;
    let counted = u64::try_from(now.checked_sub(before)?).ok()?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate need not be exact to the byte"
    )]
    let rate = counted as f64 * 1000.0 / elapsed_ms as f64;
    rate.is_finite().then_some(rate)
}

/// Differences below this convert to floats exactly.
const SMALL: u64 = 1 << 51;

/// Computes the same rates as `rate`, several at a time, and returns whether all differences were small. If
/// not, the output is meaningless.
pub(crate) fn usual_rates(times_ms: &[i64], counts: &[i64], rates: &mut [f64]) -> bool {
    let mut all = 0;
    let pairs = times_ms.windows(2).zip(counts.windows(2));
    for (rate, (times, counts)) in rates.iter_mut().zip(pairs) {
        let elapsed_ms = times[1].wrapping_sub(times[0]);
        let counted = counts[1].wrapping_sub(counts[0]);
        // If both have the same sign, the difference cannot overflow.
        let signs = (times[0] ^ times[1]) | (counts[0] ^ counts[1]);
        all |= (elapsed_ms.wrapping_sub(1) | counted | (signs & i64::MIN)).cast_unsigned();
        *rate = small_float(counted) * 1000.0 / small_float(elapsed_ms);
    }
    all < SMALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_what_was_counted_a_second() {
        assert_eq!(rate(0, 100, 30_000, 3_100), Some(100.0));
        assert_eq!(rate(-1_000, -5, 0, -4), Some(1.0));
    }

    #[test]
    fn a_counter_that_fell_has_no_rate() {
        assert_eq!(rate(0, 2, 1_000, 1), None);
        assert_eq!(rate(0, i64::MIN, 1_000, i64::MAX), None);
    }

    #[test]
    fn no_rate_where_no_time_went_by() {
        assert_eq!(rate(5, 1, 5, 1), None);
        assert_eq!(rate(5, 1, 5, 2), None);
        assert_eq!(rate(5, 1, 4, 2), None);
        assert_eq!(rate(i64::MIN, 1, i64::MAX, 2), None);
    }

    #[test]
    fn what_reaches_around_all_numbers_is_not_usual() {
        for (times, counts) in [
            ([0, 30], [i64::MAX, i64::MIN]),
            ([i64::MAX, i64::MIN], [0, 30]),
        ] {
            assert!(!usual_rates(&times, &counts, &mut [0.0]));
        }
    }

    fn difference() -> impl Strategy<Value = i64> {
        let edge = 1_i64 << 51;
        prop_oneof![0_i64..100_000, -2_i64..3, edge - 2..edge + 2, any::<i64>()]
    }

    /// The running sums of these differences.
    fn sums(start: i64, steps: &[(i64, i64)], which: fn(&(i64, i64)) -> i64) -> Vec<i64> {
        let next = |sum: &mut i64, step| {
            *sum = sum.wrapping_add(which(step));
            Some(*sum)
        };
        steps.iter().scan(start, next).collect()
    }

    fn check(start: i64, steps: &[(i64, i64)]) -> bool {
        let times = sums(start, steps, |step| step.0);
        let counts = sums(start, steps, |step| step.1);
        let mut rates = vec![0.0; times.len() - 1];
        let usual = usual_rates(&times, &counts, &mut rates);
        for (at, found) in rates.iter().enumerate().filter(|_| usual) {
            let expected = rate(times[at], counts[at], times[at + 1], counts[at + 1]);
            assert_eq!(Some(found.to_bits()), expected.map(f64::to_bits));
        }
        usual
    }

    proptest! {
        #[test]
        fn usual_rates_are_the_same(
            start in prop_oneof![-9_i64..9, any::<i64>()],
            steps in proptest::collection::vec((difference(), difference()), 1..4),
        ) {
            check(start, &steps);
        }

        #[test]
        fn small_differences_are_usual(
            start in -9_i64..9,
            steps in proptest::collection::vec((1_i64..1 << 45, 0_i64..1 << 45), 1..40),
        ) {
            prop_assert!(check(start, &steps));
        }

        #[test]
        fn is_finite_and_never_negative(
            before_ms: i64, before: i64, now_ms: i64, now: i64
        ) {
            if let Some(rate) = rate(before_ms, before, now_ms, now) {
                prop_assert!(rate.is_finite() && rate >= 0.0);
            }
        }
    }
}
