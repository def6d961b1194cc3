//! A number in a sample.

/// An integer or a float. NULL is `Option::<Value>::None`.
///
/// Two values are equal if they have the same kind and the same bits: `-0.0` differs from `0.0`, and a NaN
/// equals itself. This is what a store must give back, not what arithmetic says.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// A whole number, kept exactly.
    Integer(i64),
    /// A float, kept bit for bit.
    Float(f64),
}

impl Value {
    /// The nearest float, for charts.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => approximate(integer),
            Self::Float(float) => float,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one.to_bits() == other.to_bits(),
            _ => false,
        }
    }
}

impl Eq for Value {}

#[expect(
    clippy::cast_precision_loss,
    reason = "a chart does not need exact integers"
)]
pub(crate) fn approximate(integer: i64) -> f64 {
    integer as f64
}

/// The bits of 1.5 * 2^52. Adding a small integer to them gives the float that is larger by that integer.
const OFFSET: i64 = 0x4338_0000_0000_0000;
const OFFSET_FLOAT: f64 = f64::from_bits(OFFSET.cast_unsigned());

/// Converts an integer of at most 51 bits plus sign. These two additions can be vectorized, unlike a
/// conversion.
pub(crate) fn small_float(integer: i64) -> f64 {
    f64::from_bits(integer.wrapping_add(OFFSET).cast_unsigned()) - OFFSET_FLOAT
}

/// Applies `approximate` to each. Nearly always all are small.
pub(crate) fn approximate_all(integers: &[i64], floats: &mut [f64]) {
    approximate_to(integers, floats, |float| float);
}

/// Like `approximate_all`, and applies `then` to each result.
pub(crate) fn approximate_to(integers: &[i64], floats: &mut [f64], then: impl Fn(f64) -> f64) {
    let mut wide = 0;
    for (float, &integer) in floats.iter_mut().zip(integers) {
        wide |= integer.wrapping_add(1 << 51).cast_unsigned() >> 52;
        *float = then(small_float(integer));
    }
    if wide != 0 {
        for (float, &integer) in floats.iter_mut().zip(integers) {
            *float = then(approximate(integer));
        }
    }
}

/// Integers up to this size are exact as floats.
const LARGEST_WHOLE: u64 = 1 << 53;

/// The integer as a float, if `whole_integer` gives the integer back.
pub(crate) fn whole_float(integer: i64) -> Option<f64> {
    (integer.unsigned_abs() <= LARGEST_WHOLE).then(|| approximate(integer))
}

/// The integer that a float represents, if `whole_float` gives the float back; `-0.0` is not an integer.
pub(crate) fn whole_integer(float: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the result is checked right below"
    )]
    let integer = float as i64;
    let same = |back: &f64| back.to_bits() == float.to_bits();
    whole_float(integer).filter(same).map(|_| integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_means_the_same_bits() {
        assert_ne!(Value::Float(0.0), Value::Float(-0.0));
        assert_eq!(Value::Float(f64::NAN), Value::Float(f64::NAN));
        assert_ne!(Value::Integer(1), Value::Float(1.0));
    }

    #[test]
    fn all_at_once_are_the_same_floats() {
        let edge = 1_i64 << 51;
        let small = [0, 1, -1, edge - 1, -edge, 12_345_678];
        for odd in [0, edge, -edge - 1, (1 << 53) + 1, i64::MAX, i64::MIN] {
            let integers = [&small[..], &[odd]].concat();
            let mut floats = vec![f64::NAN; integers.len()];
            approximate_all(&integers, &mut floats);
            let expected = integers
                .iter()
                .map(|&integer| approximate(integer).to_bits());
            assert!(floats.iter().map(|float| float.to_bits()).eq(expected));
        }
    }

    #[test]
    fn knows_the_floats_that_are_whole() {
        for whole in [0, 1, -1, 1 << 53, -(1 << 53)] {
            assert_eq!(whole_float(whole).and_then(whole_integer), Some(whole));
        }
        assert_eq!(whole_float((1 << 53) + 1), None);
        let others = [-0.0, 0.5, f64::NAN, f64::INFINITY, 1e300, 5e-324];
        assert!(others.iter().all(|&float| whole_integer(float).is_none()));
    }
}
