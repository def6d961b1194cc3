//! A counter's rate, computed in one place for whoever stores it, leaves it out or gives it back.

/// A counter's rate a second between two stored readings; none where the counter fell, since then it
/// began anew in between, or where no time went by.
///
/// It is computed from what is stored (whole bytes, whole milliseconds) and from nothing else, so that
/// it can be computed again, bit for bit.
#[must_use]
pub fn rate(before_ms: i64, before: i64, now_ms: i64, now: i64) -> Option<f64> {
    let elapsed_ms = u64::try_from(now_ms.checked_sub(before_ms)?).ok()?;
    let counted = u64::try_from(now.checked_sub(before)?).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no exact byte")]
    let rate = counted as f64 * 1000.0 / elapsed_ms as f64;
    rate.is_finite().then_some(rate)
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

    proptest! {
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
