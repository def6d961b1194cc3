//! Encodes values, with the kind of body that suits them.

use crate::format::{
    DECIMALS, FLOATS, INTEGERS, MAX_ENTRIES, MIXED, SECTION_LOG2, WHOLE_DECIMALS, WHOLE_FLOATS,
    write_chunk,
};
use crate::part::write_part;
use crate::sections::Sections;
use crate::value::{whole_float, whole_integer};
use crate::{EncodeError, Value, decimal};

/// Encodes the values of a series over a period.
pub fn encode_values(values: &[Option<Value>]) -> Result<Vec<u8>, EncodeError> {
    encode_in_sections(values, SECTION_LOG2)
}

pub(crate) fn encode_in_sections(
    values: &[Option<Value>],
    log2: u8,
) -> Result<Vec<u8>, EncodeError> {
    if values.len() > MAX_ENTRIES {
        return Err(EncodeError::TooMany(values.len()));
    }
    let sections = Sections {
        entries: values.len(),
        log2,
    };
    let mut body = Vec::new();
    let kind = write_body(&mut body, values, sections)?;
    Ok(write_chunk(kind, sections, &body))
}

/// Writes the kind of body that suits the values best, and returns the kind.
pub(crate) fn write_body(
    out: &mut Vec<u8>,
    values: &[Option<Value>],
    sections: Sections,
) -> Result<u8, EncodeError> {
    let (kind, scale) = choose(values);
    match kind {
        DECIMALS | WHOLE_DECIMALS => {
            out.push(scale);
            let power = decimal::power(scale);
            write_part(out, &numbers(values, |value| units(value, power)), sections)?;
        }
        WHOLE_FLOATS => {
            let floats = numbers(values, |value| Some(value.as_f64()));
            write_part(out, &floats, sections)?;
        }
        _ => {}
    }
    if matches!(kind, INTEGERS | MIXED) {
        write_part(out, &numbers(values, integer), sections)?;
    }
    if matches!(kind, FLOATS | MIXED) {
        write_part(out, &numbers(values, float), sections)?;
    }
    Ok(kind)
}

/// The kind, and for decimals the scale.
fn choose(values: &[Option<Value>]) -> (u8, u8) {
    let present = values.iter().flatten().copied();
    let floats = present.clone().filter_map(float);
    let all_integers = floats.clone().next().is_none();
    let all_floats = present.clone().filter_map(integer).next().is_none();
    if all_integers {
        return (INTEGERS, 0);
    }
    let scale = decimal::scale(floats.clone());
    if all_floats {
        return scale.map_or((FLOATS, 0), |scale| (DECIMALS, scale));
    }
    // Many programs write 2.0 as 2. Such a column holds floats, and its whole numbers arrive as integers.
    if floats.clone().any(|float| whole_integer(float).is_some()) {
        return (MIXED, 0);
    }
    let fits = |power| present.clone().all(|value| units(value, power).is_some());
    let exact = |integer| whole_float(integer).is_some();
    match scale.filter(|&scale| fits(decimal::power(scale))) {
        Some(scale) => (WHOLE_DECIMALS, scale),
        None if present.clone().filter_map(integer).all(exact) => (WHOLE_FLOATS, 0),
        None => (MIXED, 0),
    }
}

fn numbers<T>(values: &[Option<Value>], of: impl Fn(Value) -> Option<T>) -> Vec<Option<T>> {
    values.iter().map(|value| value.and_then(&of)).collect()
}

fn units(value: Value, power: i64) -> Option<i64> {
    match value {
        Value::Integer(integer) => decimal::integer_units(integer, power),
        Value::Float(float) => decimal::units(float, power),
    }
}

fn integer(value: Value) -> Option<i64> {
    match value {
        Value::Integer(integer) => Some(integer),
        Value::Float(_) => None,
    }
}

fn float(value: Value) -> Option<f64> {
    match value {
        Value::Float(float) => Some(float),
        Value::Integer(_) => None,
    }
}

#[cfg(test)]
mod tests;
