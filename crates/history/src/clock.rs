//! Rates that an agent computed with its own clock.
//!
//! The divisor can be recovered: it is the difference of two clock readings in seconds, and for present-day
//! dates such floats are multiples of 2^-22 s. A few bits of jitter compress far better than the 50 or more
//! bits of a quotient.

use crate::value::approximate;

/// Ticks per second.
const TICKS: f64 = (1_u64 << 22) as f64;

/// The increase of a counter; `None` if it restarted.
fn counted(before: i64, now: i64) -> Option<u64> {
    u64::try_from(now.checked_sub(before)?).ok()
}

/// The rate per second of a counter over this many ticks.
pub(crate) fn clocked_rate(before: i64, now: i64, ticks: i64) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate need not be exact to the byte"
    )]
    let counted = counted(before, now)? as f64;
    let rate = counted / (approximate(ticks) / TICKS);
    rate.is_finite().then_some(rate)
}

/// The number of ticks that gives exactly this rate, bit for bit, if there is one. If the counter did not
/// increase, any number would do, and `usual` is used.
pub(crate) fn ticks(before: i64, now: i64, rate: f64, usual: i64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "the result is checked right below"
    )]
    let ticks = match counted(before, now)? {
        0 => usual,
        counted => (counted as f64 / rate * TICKS).round() as i64,
    };
    let follows = clocked_rate(before, now, ticks)?.to_bits() == rate.to_bits();
    follows.then_some(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_was_divided_by(
            start in 1_500_000_000.0_f64..2_100_000_000.0,
            elapsed in 0.5_f64..4_000.0,
            before in 0_i64..1 << 45,
            counted in 0_i64..1 << 33,
        ) {
            let elapsed = (start + elapsed) - start;
            #[expect(clippy::cast_precision_loss, reason = "as an agent would")]
            let rate = counted as f64 / elapsed;
            let ticks = ticks(before, before + counted, rate, 30 << 22).unwrap();
            let again = clocked_rate(before, before + counted, ticks).unwrap();
            prop_assert_eq!(again.to_bits(), rate.to_bits());
        }

        #[test]
        fn any_rate_follows_exactly_or_not_at_all(
            before: i64, now: i64, rate in any::<u64>().prop_map(f64::from_bits), usual: i64
        ) {
            if let Some(ticks) = ticks(before, now, rate, usual) {
                let again = clocked_rate(before, now, ticks).unwrap();
                prop_assert_eq!(again.to_bits(), rate.to_bits());
            }
        }
    }
}
