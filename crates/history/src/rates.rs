//! A rate column that follows from a counter and the period's times, but for exceptions.

use crate::bytes::Bytes;
use crate::clock::{clocked_rate, ticks};
use crate::dense::shifted;
use crate::encode::encode_in_sections;
use crate::exceptions::{Exceptions, write_exceptions};
use crate::format::{CLOCKED_RATES, MAX_ENTRIES, RATES, SECTION_LOG2, write_chunk};
use crate::part::{Part, write_part};
use crate::presence::runs;
use crate::sections::Sections;
use crate::{ChunkError, Column, Dense, EncodeError, Value, rate};
use std::ops::Range;

/// A rate chunk of at most so many bytes is taken without a look at what the column itself would
/// take, which is never much less.
const SMALL: usize = 32;

/// What an agent's clock is taken to have measured before it measured anything.
const USUAL_TICKS: i64 = 30 << 22;

/// What rates follow from, over the entries from `first` on.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The entry that the others start with.
    pub first: usize,
    /// The times of the entries.
    pub times: &'a [i64],
    /// The counts of the entries.
    pub counts: &'a Dense<i64>,
}

/// Encodes a column of rates by what does not follow from its counter; `None` where storing the column
/// by `encode_values` is smaller.
pub fn encode_rates(
    values: &[Option<Value>],
    times: &[i64],
    counts: &[Option<i64>],
) -> Result<Option<Vec<u8>>, EncodeError> {
    encode_rates_in_sections(values, times, counts, SECTION_LOG2)
}

fn encode_rates_in_sections(
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
        // Most follow neither way: writing them would take long and gain nothing.
        if by_clock.len() > values.len() / 2 + 1 {
            return Ok(None);
        }
        write_clocked(values, &clock, &by_clock, log2)?
    };
    let smaller = chunk.len() <= SMALL || chunk.len() < encode_in_sections(values, log2)?.len();
    Ok(smaller.then_some(chunk))
}

/// The entries that are not what they are derived to be.
fn exceptions(values: &[Option<Value>], derive: impl Fn(usize) -> Option<f64>) -> Vec<usize> {
    let derived = (0..).map(|entry| derive(entry).map(Value::Float));
    let pairs = values.iter().zip(derived).enumerate();
    let differs = pairs.filter(|(_, (value, derived))| *value != derived);
    differs.map(|(entry, _)| entry).collect()
}

/// By the times.
fn derive(entry: usize, times: &[i64], counts: &[Option<i64>]) -> Option<f64> {
    let before = entry.checked_sub(1)?;
    rate(times[before], counts[before]?, times[entry], counts[entry]?)
}

/// By the agent's own clock.
fn clocked(entry: usize, ticks: Option<i64>, counts: &[Option<i64>]) -> Option<f64> {
    clocked_rate(counts[entry.checked_sub(1)?]?, counts[entry]?, ticks?)
}

/// The ticks of an agent's clock over which each rate follows.
fn clock(values: &[Option<Value>], counts: &[Option<i64>]) -> Vec<Option<i64>> {
    let mut usual = USUAL_TICKS;
    let mut find = |(entry, value): (usize, &Option<Value>)| {
        let Some(Value::Float(rate)) = *value else {
            return None;
        };
        let found = ticks(counts[entry.checked_sub(1)?]?, counts[entry]?, rate, usual)?;
        usual = found;
        Some(found)
    };
    values.iter().enumerate().map(&mut find).collect()
}

fn write_rates(
    values: &[Option<Value>],
    exceptions: &[usize],
    log2: u8,
) -> Result<Vec<u8>, EncodeError> {
    let entries = values.len();
    let mut body = Vec::new();
    write_exceptions(&mut body, values, exceptions, log2)?;
    Ok(write_chunk(RATES, Sections { entries, log2 }, &body))
}

fn write_clocked(
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

/// Decodes all entries of a chunk that `encode_rates` made, from the same times and counts.
pub fn decode_rates(
    bytes: &[u8],
    times: &[i64],
    counts: &[Option<i64>],
) -> Result<Vec<Option<Value>>, ChunkError> {
    let column = Column::open(bytes)?;
    if times.len() != column.len() || counts.len() != column.len() {
        return Err(ChunkError::Lengths);
    }
    column.into_rates()?.values(times, counts)
}

/// A chunk of rates, opened.
pub(crate) struct Rates<'a> {
    /// None where they follow from the times.
    clock: Option<Part<'a, i64>>,
    exceptions: Exceptions,
}

impl<'a> Rates<'a> {
    pub(crate) fn read(
        kind: u8,
        bytes: &mut Bytes<'a>,
        sections: Sections,
    ) -> Result<Self, ChunkError> {
        let clocked = kind == CLOCKED_RATES;
        Ok(Self {
            clock: clocked.then(|| Part::read(bytes, sections)).transpose()?,
            exceptions: Exceptions::read(bytes, sections)?,
        })
    }

    fn values(
        mut self,
        times: &[i64],
        counts: &[Option<i64>],
    ) -> Result<Vec<Option<Value>>, ChunkError> {
        let mut values = vec![None; times.len()];
        match &mut self.clock {
            None => {
                for (entry, value) in values.iter_mut().enumerate() {
                    *value = derive(entry, times, counts).map(Value::Float);
                }
            }
            Some(clock) => clock.for_each(|entry, ticks| {
                values[entry] = clocked(entry, Some(ticks), counts).map(Value::Float);
                Ok(())
            })?,
        }
        self.exceptions
            .for_each(|entry, value| values[entry] = value);
        Ok(values)
    }

    /// Decodes all that is stored; the exceptions are so already.
    pub(crate) fn verify(&mut self) -> Result<(), ChunkError> {
        let clock = self.clock.as_mut();
        clock.map_or(Ok(()), |clock| clock.for_each(|_, _| Ok(())))
    }

    /// A range of rates as floats.
    pub(crate) fn fill(
        &mut self,
        range: &Range<usize>,
        counter: Counter,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        counter.check(range)?;
        dense.reset(range.len());
        let mut found = Found {
            range,
            rates: &mut dense.values,
            present: vec![false; range.len()],
        };
        match &mut self.clock {
            None => found.derive(counter),
            Some(clock) => found.derive_clocked(clock, counter)?,
        }
        self.exceptions
            .for_each(|entry, value| found.put(entry, value.map(Value::as_f64)));
        dense.runs.extend(runs(found.present.into_iter()));
        Ok(())
    }
}

impl Counter<'_> {
    /// The entries must be those of the range and, unless it starts with the first, the one before.
    fn check(&self, range: &Range<usize>) -> Result<(), ChunkError> {
        let same = self.counts.values().len() == self.times.len();
        let begins = self.first <= range.start.saturating_sub(1);
        let ends = self.first.saturating_add(self.times.len()) >= range.end;
        if same && begins && ends {
            Ok(())
        } else {
            Err(ChunkError::Lengths)
        }
    }
}

/// The rates of a range, as far as they are known.
struct Found<'a> {
    range: &'a Range<usize>,
    rates: &'a mut [f64],
    present: Vec<bool>,
}

impl Found<'_> {
    fn put(&mut self, entry: usize, rate: Option<f64>) {
        let place = entry.wrapping_sub(self.range.start);
        if let (Some(slot), Some(present)) =
            (self.rates.get_mut(place), self.present.get_mut(place))
        {
            *slot = rate.unwrap_or_default();
            *present = rate.is_some();
        }
    }

    /// Each two neighbours of a run of counts make a rate.
    fn derive(&mut self, counter: Counter) {
        for run in counter.counts.runs() {
            let run = run.entries();
            let times = counter.times.get(run.clone()).unwrap_or_default();
            let counts = counter.counts.part(run.clone());
            let pairs = times.windows(2).zip(counts.windows(2));
            for (entry, (times, counts)) in (counter.first + run.start + 1..).zip(pairs) {
                self.put(entry, rate(times[0], counts[0], times[1], counts[1]));
            }
        }
    }

    fn derive_clocked(
        &mut self,
        clock: &mut Part<i64>,
        counter: Counter,
    ) -> Result<(), ChunkError> {
        let mut ticks = Dense::default();
        clock.fill(self.range, &mut ticks)?;
        let known = shifted(self.range, counter.first);
        for (place, ticks) in ticks.iter() {
            let at = known.start + place;
            let before = at
                .checked_sub(1)
                .and_then(|before| counter.counts.get(before));
            let rate = before.zip(counter.counts.get(at));
            let rate = rate.and_then(|(before, now)| clocked_rate(before, now, ticks));
            self.put(self.range.start + place, rate);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
