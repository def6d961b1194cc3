//! The values of a chunk, of any kind.

use crate::bytes::Bytes;
use crate::dense::Dense;
use crate::format::{DECIMALS, FLOATS, INTEGERS, MIXED, WHOLE_DECIMALS, WHOLE_FLOATS};
use crate::part::Part;
use crate::sections::Sections;
use crate::value::{approximate, approximate_all, whole_integer};
use crate::{ChunkError, Value, decimal};
use std::ops::Range;

/// A parsed body whose numbers are still compressed.
pub(crate) struct Body<'a> {
    entries: usize,
    parts: Parts<'a>,
}

enum Parts<'a> {
    Integers(Part<'a, i64>),
    Floats(Part<'a, f64>),
    WholeFloats(Part<'a, f64>),
    /// With the power of ten by which their numbers are divided.
    Decimals(i64, Part<'a, i64>),
    WholeDecimals(i64, Part<'a, i64>),
    Mixed(Part<'a, i64>, Part<'a, f64>),
}

impl<'a> Parts<'a> {
    fn parse(kind: u8, bytes: &mut Bytes<'a>, sections: Sections) -> Result<Self, ChunkError> {
        Ok(match kind {
            INTEGERS => Self::Integers(Part::parse(bytes, sections)?),
            FLOATS => Self::Floats(Part::parse(bytes, sections)?),
            WHOLE_FLOATS => Self::WholeFloats(Part::parse(bytes, sections)?),
            DECIMALS => Self::Decimals(read_power(bytes)?, Part::parse(bytes, sections)?),
            WHOLE_DECIMALS => {
                Self::WholeDecimals(read_power(bytes)?, Part::parse(bytes, sections)?)
            }
            MIXED => Self::Mixed(Part::parse(bytes, sections)?, Part::parse(bytes, sections)?),
            _ => return Err(ChunkError::Kind),
        })
    }

    /// Calls `put` for each value in a range, with its entry.
    fn for_each(
        &mut self,
        range: &Range<usize>,
        mut put: impl FnMut(usize, Value) -> Result<(), ChunkError>,
    ) -> Result<(), ChunkError> {
        let float = Value::Float;
        match self {
            Self::Integers(part) => {
                part.for_each(range, |at, number| put(at, Value::Integer(number)))
            }
            Self::Floats(part) => part.for_each(range, |at, number| put(at, float(number))),
            Self::WholeFloats(part) => part.for_each(range, |at, number| put(at, whole(number))),
            Self::Decimals(power, part) => part.for_each(range, |at, number| {
                put(at, float(decimal::float(number, *power)))
            }),
            Self::WholeDecimals(power, part) => {
                part.for_each(range, |at, number| put(at, whole_decimal(number, *power)))
            }
            Self::Mixed(integers, floats) => {
                integers.for_each(range, |at, number| put(at, Value::Integer(number)))?;
                floats.for_each(range, |at, number| put(at, float(number)))
            }
        }
    }
}

impl<'a> Body<'a> {
    pub(crate) fn parse(
        kind: u8,
        bytes: &mut Bytes<'a>,
        sections: Sections,
    ) -> Result<Self, ChunkError> {
        Ok(Self {
            entries: sections.entries,
            parts: Parts::parse(kind, bytes, sections)?,
        })
    }

    /// All entries, exact.
    pub(crate) fn values(&mut self) -> Result<Vec<Option<Value>>, ChunkError> {
        self.values_within(&(0..self.entries))
    }

    /// A range of entries, exact.
    pub(crate) fn values_within(
        &mut self,
        range: &Range<usize>,
    ) -> Result<Vec<Option<Value>>, ChunkError> {
        let mut values = vec![None; range.len()];
        self.parts.for_each(range, |entry, value| {
            match values.get_mut(entry - range.start) {
                Some(place @ None) => {
                    *place = Some(value);
                    Ok(())
                }
                _ => Err(ChunkError::Damaged("an entry has two values")),
            }
        })?;
        Ok(values)
    }

    /// A range of entries as floats, decoded in place unless the types are mixed.
    pub(crate) fn floats(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        match &mut self.parts {
            Parts::Decimals(power, part) | Parts::WholeDecimals(power, part) => {
                let divide = |units: &[i64], floats: &mut [f64]| {
                    decimal::floats(units, *power, floats);
                };
                part.fill_as(range, dense, divide)
            }
            _ => self.units(range, dense).map(|_| ()),
        }
    }

    /// A range of entries as floats that must still be divided by the returned divisor. A chart divides once
    /// per bucket instead of once per value.
    pub(crate) fn units(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<f64>,
    ) -> Result<f64, ChunkError> {
        match &mut self.parts {
            Parts::Integers(part) => part.fill_as(range, dense, approximate_all)?,
            Parts::Floats(part) | Parts::WholeFloats(part) => part.fill(range, dense, 0)?,
            Parts::Decimals(power, part) | Parts::WholeDecimals(power, part) => {
                part.fill_as(range, dense, approximate_all)?;
                return Ok(approximate(*power));
            }
            Parts::Mixed(..) => self.convert(range, dense, 0, |value| Some(value.as_f64()))?,
        }
        Ok(1.0)
    }

    /// A range of entries as integers, written from index `at` on. Floats become missing entries: the counter
    /// of a rate holds integers only.
    pub(crate) fn integers(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<i64>,
        at: usize,
    ) -> Result<(), ChunkError> {
        match &mut self.parts {
            Parts::Integers(part) | Parts::Mixed(part, _) => part.fill(range, dense, at),
            _ => self.convert(range, dense, at, |value| match value {
                Value::Integer(integer) => Some(integer),
                Value::Float(_) => None,
            }),
        }
    }

    /// The slow path, for mixed or rarely requested types.
    fn convert<T: Copy + Default>(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<T>,
        at: usize,
        convert: impl Fn(Value) -> Option<T> + Copy,
    ) -> Result<(), ChunkError> {
        let values = self.values_within(range)?;
        dense.set_from(at, values.iter().map(|value| value.and_then(convert)));
        Ok(())
    }
}

fn read_power(bytes: &mut Bytes) -> Result<i64, ChunkError> {
    match bytes.read_byte()? {
        scale @ 0..=decimal::MAX_SCALE => Ok(decimal::power(scale)),
        _ => Err(ChunkError::Damaged("its decimals have too many digits")),
    }
}

fn whole(float: f64) -> Value {
    whole_integer(float).map_or(Value::Float(float), Value::Integer)
}

fn whole_decimal(number: i64, power: i64) -> Value {
    if decimal::is_exact(number) && number % power == 0 {
        Value::Integer(number / power)
    } else {
        Value::Float(decimal::float(number, power))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_decimal_means_the_same_as_a_value_and_as_a_float() {
        for number in [
            20,
            -20,
            25,
            (1 << 53) - 2,
            (1 << 60) + 4,
            i64::MAX - 7,
            i64::MIN + 8,
        ] {
            let value = whole_decimal(number, 10);
            assert_eq!(
                value.as_f64().to_bits(),
                decimal::float(number, 10).to_bits()
            );
        }
        assert_eq!(whole_decimal(20, 10), Value::Integer(2));
        assert_eq!(whole_decimal(25, 10), Value::Float(2.5));
    }
}
