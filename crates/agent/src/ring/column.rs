//! Packs the values of one number over the readings of a block, without loss.
//!
//! Integers are stored as differences, or as differences of differences if those are smaller, as for clocks.
//! Floats with at most six decimal places, as nearly all are, are stored as integers in units of the last
//! place. Other values are stored as they are.

use super::varint;
use muster_wire::Number;

/// Maximum number of decimal places that are tried.
const MAX_PLACES: u8 = 6;
/// Beyond this, floats do not represent every integer.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Values of the first byte of a column. For decimals it is `DECIMAL + places`.
const PLAIN: u8 = 0;
const WHOLE: u8 = 1;
const DECIMAL: u8 = 2;
/// Flag for differences of differences.
const SECOND: u8 = 0x80;

/// Appends a column.
pub fn write_column(bytes: &mut Vec<u8>, values: &[Option<Number>]) {
    let Some((kind, whole)) = whole(values).or_else(|| decimal(values)) else {
        return write_plain(bytes, values);
    };
    let first = differences(&whole);
    let second = differences(&first);
    let (mark, chosen) = if packed(&second).len() < packed(&first).len() {
        (SECOND, second)
    } else {
        (0, first)
    };
    bytes.push(kind | mark);
    bytes.extend(packed(&chosen));
}

/// Reads a column of `count` values from the front; `None` if it is invalid.
pub fn read_column(bytes: &mut &[u8], count: usize) -> Option<Vec<Option<Number>>> {
    let (&kind, rest) = bytes.split_first()?;
    *bytes = rest;
    if kind == PLAIN {
        return (0..count).map(|_| read_plain(bytes)).collect();
    }
    let mut whole: Vec<i64> = (0..count)
        .map(|_| varint::read_varint(bytes))
        .collect::<Option<_>>()?;
    sum(&mut whole);
    if kind & SECOND != 0 {
        sum(&mut whole);
    }
    match kind & !SECOND {
        WHOLE => Some(whole.into_iter().map(|value| Some(value.into())).collect()),
        kind => {
            let power = power(kind.checked_sub(DECIMAL)?)?;
            let float = |value: i64| Some(Number::Float(value as f64 / power));
            Some(whole.into_iter().map(float).collect())
        }
    }
}

fn whole(values: &[Option<Number>]) -> Option<(u8, Vec<i64>)> {
    let whole = values.iter().map(|value| match value {
        Some(Number::Integer(value)) => Some(*value),
        _ => None,
    });
    Some((WHOLE, whole.collect::<Option<_>>()?))
}

fn decimal(values: &[Option<Number>]) -> Option<(u8, Vec<i64>)> {
    (0..=MAX_PLACES).find_map(|places| {
        let power = power(places)?;
        let scaled = values.iter().map(|value| match value {
            Some(Number::Float(value)) => scaled(*value, power),
            _ => None,
        });
        Some((DECIMAL + places, scaled.collect::<Option<_>>()?))
    })
}

/// The float in units of the last place, if this gives exactly the same float back.
fn scaled(value: f64, power: f64) -> Option<i64> {
    let scaled = (value * power).round();
    let same =
        scaled.abs() < MAX_EXACT && ((scaled as i64) as f64 / power).to_bits() == value.to_bits();
    same.then_some(scaled as i64)
}

fn power(places: u8) -> Option<f64> {
    (places <= MAX_PLACES).then(|| 10_f64.powi(places.into()))
}

/// The first value, then the difference of each value from the one before.
fn differences(values: &[i64]) -> Vec<i64> {
    let mut before = 0;
    let less = |&value: &i64| value.wrapping_sub(std::mem::replace(&mut before, value));
    values.iter().map(less).collect()
}

/// Undoes [`differences`].
fn sum(values: &mut [i64]) {
    let mut sum = 0_i64;
    for value in values {
        sum = sum.wrapping_add(*value);
        *value = sum;
    }
}

fn packed(values: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    values
        .iter()
        .for_each(|&value| varint::write_varint(&mut bytes, value));
    bytes
}

/// Stores each value as a type byte and eight bytes.
fn write_plain(bytes: &mut Vec<u8>, values: &[Option<Number>]) {
    bytes.push(PLAIN);
    for value in values {
        let (kind, value) = match value {
            None => (0, 0_u64.to_le_bytes()),
            Some(Number::Integer(value)) => (1, value.to_le_bytes()),
            Some(Number::Float(value)) => (2, value.to_bits().to_le_bytes()),
        };
        bytes.push(kind);
        bytes.extend(value);
    }
}

fn read_plain(bytes: &mut &[u8]) -> Option<Option<Number>> {
    let (&[kind, ref value @ ..], rest) = bytes.split_first_chunk::<9>()?;
    *bytes = rest;
    match kind {
        0 => Some(None),
        1 => Some(Some(Number::Integer(i64::from_le_bytes(*value)))),
        2 => Some(Some(Number::Float(f64::from_le_bytes(*value)))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(values: &[Option<Number>]) -> usize {
        let mut bytes = Vec::new();
        write_column(&mut bytes, values);
        let mut rest = &bytes[..];
        assert_eq!(
            read_column(&mut rest, values.len()).as_deref(),
            Some(values)
        );
        assert!(rest.is_empty());
        bytes.len()
    }

    fn floats(values: impl IntoIterator<Item = f64>) -> Vec<Option<Number>> {
        values.into_iter().map(|value| Some(value.into())).collect()
    }

    fn whole(values: impl IntoIterator<Item = i64>) -> Vec<Option<Number>> {
        values.into_iter().map(|value| Some(value.into())).collect()
    }

    #[test]
    fn constant_and_steady_values_take_a_byte_each() {
        assert!(round_trip(&whole([16_000_000_000; 32])) < 40);
        assert!(
            round_trip(&whole(
                (0..32).map(|tick| 1_700_000_000_000 + tick * 30_000)
            )) < 45
        );
        assert!(round_trip(&floats((0..32).map(|tick| 12.0 + f64::from(tick) / 10.0))) < 40);
    }

    #[test]
    fn all_values_round_trip() {
        round_trip(&whole([0, i64::MAX, i64::MIN, -1, 1]));
        round_trip(&floats([0.1, 12.34, 99.999_999, 0.0]));
        round_trip(&floats([0.1 + 0.2, 1e300, f64::MIN_POSITIVE, -0.0]));
        round_trip(&[None, Some(Number::Integer(5)), Some(Number::Float(5.0))]);
        round_trip(&[]);
    }

    #[test]
    fn cut_columns_are_refused() {
        let mut bytes = Vec::new();
        write_column(&mut bytes, &whole([1_000, 2_000, 30_000]));
        for end in 0..bytes.len() {
            assert_eq!(read_column(&mut &bytes[..end], 3), None, "{end}");
        }
        assert_eq!(
            read_column(&mut &[DECIMAL + MAX_PLACES + 1, 0][..], 1),
            None
        );
        assert_eq!(
            read_column(&mut &[PLAIN, 7, 0, 0, 0, 0, 0, 0, 0, 0][..], 1),
            None
        );
    }
}
