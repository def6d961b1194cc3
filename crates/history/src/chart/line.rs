//! One series while it is counted.

use super::follows::{Clock, Counts};
use super::{Moments, Series};
use crate::grid::{Grid, Slice};
use crate::{Buckets, ChunkError, Column, Dense};
use std::ops::Range;

/// A series, opened.
pub(super) struct Line<'a> {
    column: Column<'a>,
    /// None unless these are rates.
    counts: Option<Counts<'a>>,
    /// None unless another chunk stores the clock of these rates.
    clock: Option<Clock<'a>>,
    buckets: &'a mut Buckets,
}

impl<'a> Line<'a> {
    /// All chunks of a period have as many entries.
    pub(super) fn open(series: &'a mut Series, entries: usize) -> Result<Self, ChunkError> {
        let column = open(series.chunk, entries)?;
        let (mut counts, mut clock) = (None, None);
        if column.needs_counter() {
            let counter = series.counter.ok_or(ChunkError::NeedsCounter)?;
            counts = Some(Counts::of(open(counter, entries)?)?);
        }
        if column.needs_clock() {
            let chunk = series.clock.ok_or(ChunkError::NeedsClock)?;
            clock = Some(Clock::of(open(chunk, entries)?)?);
        }
        Ok(Self {
            column,
            counts,
            clock,
            buckets: series.buckets,
        })
    }

    pub(super) fn is_rate(&self) -> bool {
        self.counts.is_some()
    }

    pub(super) fn grid(&self) -> Grid {
        self.buckets.grid()
    }

    /// The longest sections: whoever reads in shorter parts decodes some more than once.
    pub(super) fn log2(&self) -> u8 {
        let counter = self.counts.as_ref().map(Counts::log2);
        let clock = self.clock.as_ref().map(Clock::log2);
        let others = counter.into_iter().chain(clock);
        others.fold(self.column.sections().log2, u8::max)
    }

    /// Counts these entries, sliced as the buckets are.
    pub(super) fn fill(
        &mut self,
        part: &Range<usize>,
        moments: &Moments,
        slices: &[Slice],
        floats: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        let mut divisor = 1.0;
        match &mut self.counts {
            None => divisor = self.column.units(part, floats)?,
            Some(counts) => {
                let mut counter = counts.of_part(part, moments)?;
                if let Some(clock) = &mut self.clock {
                    counter.ticks = Some(clock.of_part(part)?);
                }
                self.column.rates(part.clone(), counter, floats)?;
            }
        }
        self.buckets.add_slices(slices, floats, divisor);
        Ok(())
    }
}

fn open(bytes: &[u8], entries: usize) -> Result<Column<'_>, ChunkError> {
    let column = Column::open(bytes)?;
    if column.len() != entries {
        return Err(ChunkError::Lengths);
    }
    Ok(column)
}
