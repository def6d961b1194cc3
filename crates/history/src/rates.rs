//! A rate column that follows from a counter and the period's times, but for exceptions.

pub(crate) mod encode;
mod found;

use crate::bytes::Bytes;
use crate::clock::clocked_rate;
use crate::exceptions::Exceptions;
use crate::format::CLOCKED_RATES;
use crate::part::Part;
use crate::sections::Sections;
use crate::{ChunkError, Column, Dense, Value, rate};
use found::Found;
use std::ops::Range;

pub use encode::encode_rates;

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

/// By the times.
fn derive(entry: usize, times: &[i64], counts: &[Option<i64>]) -> Option<f64> {
    let before = entry.checked_sub(1)?;
    rate(times[before], counts[before]?, times[entry], counts[entry]?)
}

/// By the agent's own clock.
fn clocked(entry: usize, ticks: Option<i64>, counts: &[Option<i64>]) -> Option<f64> {
    clocked_rate(counts[entry.checked_sub(1)?]?, counts[entry]?, ticks?)
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
        let entries = 0..times.len();
        let mut values = vec![None; entries.len()];
        match &mut self.clock {
            None => {
                for (entry, value) in values.iter_mut().enumerate() {
                    *value = derive(entry, times, counts).map(Value::Float);
                }
            }
            Some(clock) => clock.for_each(&entries, |entry, ticks| {
                values[entry] = clocked(entry, Some(ticks), counts).map(Value::Float);
                Ok(())
            })?,
        }
        for (entry, value) in self.exceptions.within(&entries) {
            values[entry] = value;
        }
        Ok(values)
    }

    /// Decodes all that is stored; the exceptions are so already.
    pub(crate) fn verify(&mut self, entries: usize) -> Result<(), ChunkError> {
        let entries = 0..entries;
        let clock = self.clock.as_mut();
        clock.map_or(Ok(()), |clock| clock.for_each(&entries, |_, _| Ok(())))
    }

    /// A range of rates as floats.
    pub(crate) fn fill(
        &mut self,
        range: &Range<usize>,
        counter: Counter,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        counter.check(range)?;
        let mut found = Found::new(range, dense);
        match &mut self.clock {
            None => found.derive(counter),
            Some(clock) => found.derive_clocked(clock, counter)?,
        }
        for (entry, value) in self.exceptions.within(range) {
            found.put(entry, value.map(Value::as_f64));
        }
        found.finish();
        Ok(())
    }

    /// A range of rates, exactly: what follows from the counter is a float, and the exceptions are what
    /// they were.
    pub(crate) fn values_within(
        &mut self,
        range: &Range<usize>,
        counter: Counter,
    ) -> Result<Vec<Option<Value>>, ChunkError> {
        let mut floats = Dense::default();
        self.fill(range, counter, &mut floats)?;
        let mut values = vec![None; range.len()];
        for (place, rate) in floats.iter() {
            values[place] = Some(Value::Float(rate));
        }
        for (entry, value) in self.exceptions.within(range) {
            values[entry - range.start] = value;
        }
        Ok(values)
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

#[cfg(test)]
mod tests;
