//! Two rate columns that an agent timed by the same clock. The ticks are stored with the first; the second
//! refers to them.

use super::clocked;
use super::encode::{USUAL_TICKS, encode_rates_in_sections, exceptions, ticks_at, write_clocked};
use crate::encode::encode_in_sections;
use crate::exceptions::write_exceptions;
use crate::format::{CLOCKED_RATES, SECTION_LOG2, SHARED_CLOCK_RATES, read_chunk, write_chunk};
use crate::sections::Sections;
use crate::{EncodeError, Value};

/// A column of rates and its counter, entry by entry.
#[derive(Clone, Copy, Debug)]
pub struct RateColumn<'a> {
    /// The rates.
    pub values: &'a [Option<Value>],
    /// The counts.
    pub counts: &'a [Option<i64>],
}

/// The chunks of two columns, as `encode_rates` returns them.
type Pair = (Option<Vec<u8>>, Option<Vec<u8>>);

/// Encodes two columns of one period, each as `encode_rates` would, unless they take fewer bytes together: then
/// the first chunk stores the clock of the second, which cannot be read without it.
pub fn encode_rate_pair(
    first: RateColumn,
    second: RateColumn,
    times: &[i64],
) -> Result<Pair, EncodeError> {
    encode_pair_in_sections(first, second, times, SECTION_LOG2)
}

pub(crate) fn encode_pair_in_sections(
    first: RateColumn,
    second: RateColumn,
    times: &[i64],
    log2: u8,
) -> Result<Pair, EncodeError> {
    let alone =
        |column: RateColumn| encode_rates_in_sections(column.values, times, column.counts, log2);
    let alone = (alone(first)?, alone(second)?);
    if !is_clocked(alone.0.as_deref()) && !is_clocked(alone.1.as_deref()) {
        return Ok(alone);
    }
    let Some([one, other]) = encode_shared(first, second, log2)? else {
        return Ok(alone);
    };
    let apart = size(&alone.0, first, log2)? + size(&alone.1, second, log2)?;
    if one.len() + other.len() < apart {
        Ok((Some(one), Some(other)))
    } else {
        Ok(alone)
    }
}

fn is_clocked(chunk: Option<&[u8]>) -> bool {
    let chunk = chunk.and_then(|bytes| read_chunk(bytes).ok());
    chunk.is_some_and(|chunk| chunk.kind == CLOCKED_RATES)
}

/// The size of a column, encoded as values if it has no rate chunk.
fn size(chunk: &Option<Vec<u8>>, column: RateColumn, log2: u8) -> Result<usize, EncodeError> {
    Ok(match chunk {
        Some(chunk) => chunk.len(),
        None => encode_in_sections(column.values, log2)?.len(),
    })
}

/// Encodes both by the same ticks; `None` if most rates of either column do not follow from them.
pub(crate) fn encode_shared(
    first: RateColumn,
    second: RateColumn,
    log2: u8,
) -> Result<Option<[Vec<u8>; 2]>, EncodeError> {
    let ticks = shared_ticks(first, second);
    let [of_first, of_second] = [first, second].map(|column| {
        exceptions(column.values, |entry| {
            clocked(entry, ticks[entry], column.counts)
        })
    });
    if of_first.len().max(of_second.len()) > ticks.len() / 2 + 1 {
        return Ok(None);
    }
    let one = write_clocked(first.values, &ticks, &of_first, log2)?;
    let other = write_shared(second.values, &of_second, log2)?;
    Ok(Some([one, other]))
}

/// For each entry, the ticks from which both rates follow or, if there are none, at least one of them. A rate
/// of zero follows from any number of ticks, so an idle interface leaves the choice to the other.
pub(super) fn shared_ticks(first: RateColumn, second: RateColumn) -> Vec<Option<i64>> {
    let mut usual = USUAL_TICKS;
    let mut find = |entry| {
        let found = |column: RateColumn| ticks_at(entry, column.values, column.counts, usual);
        let follows = |ticks: &Option<i64>| {
            let [one, other] = [first, second].map(|column: RateColumn| {
                clocked(entry, *ticks, column.counts).map(Value::Float) == column.values[entry]
            });
            u8::from(one) + u8::from(other)
        };
        // If several are equally good, `max_by_key` returns the last.
        let best = [None, found(second), found(first)]
            .into_iter()
            .max_by_key(follows);
        let best = best.flatten();
        usual = best.unwrap_or(usual);
        best
    };
    (0..first.values.len()).map(&mut find).collect()
}

fn write_shared(
    values: &[Option<Value>],
    exceptions: &[usize],
    log2: u8,
) -> Result<Vec<u8>, EncodeError> {
    let entries = values.len();
    let mut body = Vec::new();
    write_exceptions(&mut body, values, exceptions, log2)?;
    let sections = Sections { entries, log2 };
    Ok(write_chunk(SHARED_CLOCK_RATES, sections, &body))
}

#[cfg(test)]
mod tests;
