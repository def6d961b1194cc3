//! When in each interval a computer is polled.

/// The position of a computer within an interval, from 0 to 1. Multiples of the golden ratio are spread evenly for
/// any range of ids, and no position changes when computers are added or removed.
pub fn phase(id: i64) -> f64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let turned = id.cast_unsigned().wrapping_mul(GOLDEN);
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits of a place in time are plenty"
    )]
    let fraction = (turned >> 11) as f64 / (1_u64 << 53) as f64;
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_evenly_spread() {
        for computers in [10_i64, 100, 1_000] {
            let mut places: Vec<f64> = (1..=computers).map(phase).collect();
            places.sort_by(f64::total_cmp);
            let widest = places
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .fold(0.0, f64::max);
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let even = 1.0 / computers as f64;
            assert!(widest < 2.7 * even, "{computers}: {widest}");
        }
    }
}
