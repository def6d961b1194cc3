//! Encodes rates: what can be computed from the counter and the times, or from the counter and the clock of the
//! agent, is not stored.

use super::{clocked, derive};
use crate::clock::ticks;
use crate::encode::encode_in_sections;
use crate::exceptions::write_exceptions;
use crate::format::{CLOCKED_RATES, MAX_ENTRIES, RATES, SECTION_LOG2, write_chunk};
use crate::part::write_part;
use crate::sections::Sections;
use crate::{EncodeError, Value};

/// A rate chunk up to this size is used without comparing it with a chunk of values, which would hardly be
/// smaller.
pub(super) const SMALL: usize = 32;

/// The initial guess for the ticks between two readings.
pub(super) const USUAL_TICKS: i64 = 30 << 22;

/// Encodes rates by storing only what cannot be computed from the counter; `None` if `encode_values` gives
/// fewer bytes.
pub fn encode_rates(
    values: &[Option<Value>],
    times: &[i64],
    counts: &[Option<i64>],
) -> Result<Option<Vec<u8>>, EncodeError> {
    encode_rates_in_sections(values, times, counts, SECTION_LOG2)
}

pub(crate) fn encode_rates_in_sections(
    values: &[Option<Value>],
    times: &[i64],
    counts: &[Option<i64>],
    log2: u8,
) -> Result<Option<Vec<u8>>, EncodeError> {
    if values.len() > MAX_ENTRIES {
        return Err(EncodeError::TooMany(values.len()));
    }
    if times.len() != values.len() || counts.len() != values.len() {
        return Err(EncodeError::Lengths);
    }
    let by_times = exceptions(values, |entry| derive(entry, times, counts));
    let chunk = if by_times.len() <= values.len() / 8 + 1 {
        write_rates(values, &by_times, log2)?
    } else {
        let clock = clock(values, counts);
        let by_clock = exceptions(values, |entry| clocked(entry, clock[entry], counts));
        // Most rates follow neither way; encoding them like this would take long and gain nothing.
        if by_clock.len() > values.len() / 2 + 1 {
            return Ok(None);
        }
        write_clocked(values, &clock, &by_clock, log2)?
    };
    let smaller = chunk.len() <= SMALL || chunk.len() < encode_in_sections(values, log2)?.len();
    Ok(smaller.then_some(chunk))
}

/// The entries that differ from their computed value.
pub(super) fn exceptions(
    values: &[Option<Value>],
    derive: impl Fn(usize) -> Option<f64>,
) -> Vec<usize> {
    let derived = (0..).map(|entry| derive(entry).map(Value::Float));
    let pairs = values.iter().zip(derived).enumerate();
    let differs = pairs.filter(|(_, (value, derived))| *value != derived);
    differs.map(|(entry, _)| entry).collect()
}

/// The ticks of the agent's clock from which each rate follows.
pub(super) fn clock(values: &[Option<Value>], counts: &[Option<i64>]) -> Vec<Option<i64>> {
    let mut usual = USUAL_TICKS;
    let mut find = |entry| {
        let found = ticks_at(entry, values, counts, usual);
        usual = found.unwrap_or(usual);
        found
    };
    (0..values.len()).map(&mut find).collect()
}

/// The ticks of one entry.
pub(super) fn ticks_at(
    entry: usize,
    values: &[Option<Value>],
    counts: &[Option<i64>],
    usual: i64,
) -> Option<i64> {
    match values[entry] {
        Some(Value::Float(rate)) => {
            ticks(counts[entry.checked_sub(1)?]?, counts[entry]?, rate, usual)
        }
        _ => None,
    }
}

pub(super) fn write_rates(
    values: &[Option<Value>],
    exceptions: &[usize],
    log2: u8,
) -> Result<Vec<u8>, EncodeError> {
    let entries = values.len();
    let mut body = Vec::new();
    write_exceptions(&mut body, values, exceptions, log2)?;
    Ok(write_chunk(RATES, Sections { entries, log2 }, &body))
}

pub(super) fn write_clocked(
    values: &[Option<Value>],
    clock: &[Option<i64>],
    exceptions: &[usize],
    log2: u8,
) -> Result<Vec<u8>, EncodeError> {
    let entries = values.len();
    let sections = Sections { entries, log2 };
    let mut body = Vec::new();
    write_part(&mut body, clock, sections)?;
    write_exceptions(&mut body, values, exceptions, log2)?;
    Ok(write_chunk(CLOCKED_RATES, sections, &body))
}
