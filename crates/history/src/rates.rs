//! A rate column that is computed from a counter and the times of the period, except for exceptions.

mod builder;
mod counter;
pub(crate) mod encode;
pub(crate) mod pair;

use crate::bytes::Bytes;
use crate::clock::clocked_rate;
use crate::exceptions::Exceptions;
use crate::format::{CLOCKED_RATES, SHARED_CLOCK_RATES};
use crate::part::Part;
use crate::sections::Sections;
use crate::{ChunkError, Column, Dense, Value, rate};
use builder::RateBuilder;
use std::ops::Range;

pub use counter::Counter;
pub use encode::encode_rates;
pub use pair::{RateColumn, encode_rate_pair};

/// The rate by the times of the period.
fn derive(entry: usize, times: &[i64], counts: &[Option<i64>]) -> Option<f64> {
    let before = entry.checked_sub(1)?;
    rate(times[before], counts[before]?, times[entry], counts[entry]?)
}

/// The rate by the agent's clock.
fn clocked(entry: usize, ticks: Option<i64>, counts: &[Option<i64>]) -> Option<f64> {
    clocked_rate(counts[entry.checked_sub(1)?]?, counts[entry]?, ticks?)
}

/// Decodes all entries of a chunk made by `encode_rates` or `encode_rate_pair`, from the same times and counts.
/// `clock` is the chunk that stores the clock; only rates with a shared clock need it.
pub fn decode_rates(
    bytes: &[u8],
    times: &[i64],
    counts: &[Option<i64>],
    clock: Option<&[u8]>,
) -> Result<Vec<Option<Value>>, ChunkError> {
    let column = Column::open(bytes)?;
    if times.len() != column.len() || counts.len() != column.len() {
        return Err(ChunkError::Lengths);
    }
    let mut ticks = Dense::default();
    if column.needs_clock() {
        let clock = Column::open(clock.ok_or(ChunkError::NeedsClock)?)?;
        if clock.len() != column.len() {
            return Err(ChunkError::Lengths);
        }
        let mut clock = clock.into_rates()?.into_clock()?;
        clock.fill(&(0..column.len()), &mut ticks, 0)?;
    }
    column.into_rates()?.values(times, counts, &ticks)
}

/// An open chunk of rates.
pub(crate) struct Rates<'a> {
    clock: Clock<'a>,
    exceptions: Exceptions,
}

/// The clock of the rates.
enum Clock<'a> {
    /// The times of the period.
    Times,
    /// Ticks of the agent's clock, stored in this chunk.
    Own(Part<'a, i64>),
    /// Ticks that another chunk stores.
    Shared,
}

impl<'a> Clock<'a> {
    fn parse(kind: u8, bytes: &mut Bytes<'a>, sections: Sections) -> Result<Self, ChunkError> {
        Ok(match kind {
            CLOCKED_RATES => Self::Own(Part::parse(bytes, sections)?),
            SHARED_CLOCK_RATES => Self::Shared,
            _ => Self::Times,
        })
    }
}

impl<'a> Rates<'a> {
    pub(crate) fn parse(
        kind: u8,
        bytes: &mut Bytes<'a>,
        sections: Sections,
    ) -> Result<Self, ChunkError> {
        Ok(Self {
            clock: Clock::parse(kind, bytes, sections)?,
            exceptions: Exceptions::parse(bytes, sections)?,
        })
    }

    pub(crate) fn needs_clock(&self) -> bool {
        matches!(self.clock, Clock::Shared)
    }

    /// A range of the ticks stored in this chunk.
    pub(crate) fn ticks(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<i64>,
    ) -> Result<(), ChunkError> {
        match &mut self.clock {
            Clock::Own(ticks) => ticks.fill(range, dense, 0),
            Clock::Times | Clock::Shared => Err(ChunkError::Kind),
        }
    }

    /// The ticks alone: frees the exceptions, of which there may be a million.
    pub(crate) fn into_clock(self) -> Result<Part<'a, i64>, ChunkError> {
        match self.clock {
            Clock::Own(ticks) => Ok(ticks),
            Clock::Times | Clock::Shared => Err(ChunkError::Kind),
        }
    }

    /// All rates; `shared` are the ticks of another chunk, if needed.
    fn values(
        mut self,
        times: &[i64],
        counts: &[Option<i64>],
        shared: &Dense<i64>,
    ) -> Result<Vec<Option<Value>>, ChunkError> {
        let entries = 0..times.len();
        let mut values = vec![None; entries.len()];
        let mut put = |entry: usize, ticks| {
            values[entry] = clocked(entry, Some(ticks), counts).map(Value::Float);
        };
        match &mut self.clock {
            Clock::Shared => shared.iter().for_each(|(entry, ticks)| put(entry, ticks)),
            Clock::Own(clock) => clock.for_each(&entries, |entry, ticks| {
                put(entry, ticks);
                Ok(())
            })?,
            Clock::Times => {
                for (entry, value) in values.iter_mut().enumerate() {
                    *value = derive(entry, times, counts).map(Value::Float);
                }
            }
        }
        for (entry, value) in self.exceptions.within(&entries) {
            values[entry] = value;
        }
        Ok(values)
    }

    /// Decodes everything that is stored; the exceptions are already decoded.
    pub(crate) fn verify(&mut self, entries: usize) -> Result<(), ChunkError> {
        let entries = 0..entries;
        match &mut self.clock {
            Clock::Own(clock) => clock.for_each(&entries, |_, _| Ok(())),
            Clock::Times | Clock::Shared => Ok(()),
        }
    }

    /// A range of rates as floats.
    pub(crate) fn fill(
        &mut self,
        range: &Range<usize>,
        counter: Counter,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        counter.check(range)?;
        let mut rates = RateBuilder::new(range, dense);
        match &mut self.clock {
            Clock::Times => rates.derive(counter),
            Clock::Own(clock) => {
                let mut ticks = Dense::default();
                clock.fill(range, &mut ticks, 0)?;
                rates.derive_clocked(&ticks, counter);
            }
            Clock::Shared => rates.derive_clocked(counter.require_ticks(range)?, counter),
        }
        for (entry, value) in self.exceptions.within(range) {
            rates.set_rate(entry, value.map(Value::as_f64));
        }
        rates.finish();
        Ok(())
    }

    /// A range of rates, exact: computed rates are floats, exceptions keep their type.
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

#[cfg(test)]
mod tests;
