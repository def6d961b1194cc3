//! Floats with few decimal places, stored as integers: 12.5 is 125 tenths. Integers compress better and decode
//! faster.

use crate::value::{approximate, approximate_to};

/// Maximum number of digits after the point. A float that needs more is not a rounded number.
pub(crate) const MAX_SCALE: u8 = 9;

/// Integers up to this size are exact as floats.
const LARGEST: u64 = 1 << 53;

/// Whether the units are exact as a float; the encoder only writes such units.
pub(crate) fn is_exact(units: i64) -> bool {
    units.unsigned_abs() <= LARGEST
}

/// Ten to the power of `scale`, exactly.
pub(crate) fn power(scale: u8) -> i64 {
    10_i64.pow(u32::from(scale.min(MAX_SCALE)))
}

/// The float nearest to `units / power`. Both are exact, so the division rounds once, as it did where the
/// decimal was rounded or parsed.
pub(crate) fn float(units: i64, power: i64) -> f64 {
    approximate(units) / approximate(power)
}

/// Applies `float` to each number.
pub(crate) fn floats(units: &[i64], power: i64, floats: &mut [f64]) {
    let power = approximate(power);
    approximate_to(units, floats, |units| units / power);
}

/// The units from which `float` makes exactly this float, bit for bit, if there are any.
pub(crate) fn units(value: f64, power: i64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the result is checked right below"
    )]
    let units = (value * approximate(power)).round() as i64;
    let same = float(units, power).to_bits() == value.to_bits();
    (same && is_exact(units)).then_some(units)
}

/// The units of an integer, if they are exact.
pub(crate) fn integer_units(integer: i64, power: i64) -> Option<i64> {
    let units = integer.checked_mul(power)?;
    is_exact(units).then_some(units)
}

/// The smallest scale at which all values are exact decimals, if there is one.
pub(crate) fn scale(mut values: impl Iterator<Item = f64> + Clone) -> Option<u8> {
    let mut scale = 0;
    for value in values.clone() {
        while units(value, power(scale)).is_none() {
            scale += 1;
            if scale > MAX_SCALE {
                return None;
            }
        }
    }
    // A large value may only be exact at a smaller scale.
    values
        .all(|value| units(value, power(scale)).is_some())
        .then_some(scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_the_fewest_digits() {
        assert_eq!(scale([1.0, 2.0].into_iter()), Some(0));
        assert_eq!(scale([1.0, 0.1, 99.9].into_iter()), Some(1));
        assert_eq!(scale([0.25, 0.1].into_iter()), Some(2));
        assert_eq!(scale([0.1 + 0.2].into_iter()), None);
        assert_eq!(scale([9e15, 0.1].into_iter()), None);
        for odd in [-0.0, f64::NAN, f64::INFINITY, 5e-324, 1e300] {
            assert_eq!(scale([odd].into_iter()), None);
        }
    }

    proptest! {
        #[test]
        fn units_come_back(units in -(1_i64 << 53)..=(1 << 53), scale in 0..=MAX_SCALE) {
            let value = float(units, power(scale));
            let found = super::units(value, power(scale));
            // Two decimals of 16 digits may be the same float; then either is right.
            prop_assert!(found.is_none_or(|found| float(found, power(scale)) == value));
            if units.abs() < 1 << 48 {
                prop_assert_eq!(found, Some(units));
            }
        }

        #[test]
        fn is_what_parsing_gives(units in -1_000_000_000_i64..1_000_000_000, scale in 0..=MAX_SCALE) {
            let parsed: f64 = format!("{units}e-{scale}").parse().unwrap();
            prop_assert_eq!(float(units, power(scale)), parsed);
        }
    }
}
