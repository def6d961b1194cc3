//! One series while its buckets are filled.

use super::rate_inputs::{Clock, Counts};
use super::{ChartSeries, Moments};
use crate::grid::{Grid, Slice};
use crate::{Buckets, ChunkError, Column, Dense};
use std::ops::Range;

/// An open series.
pub(super) struct Line<'a> {
    column: Column<'a>,
    /// The counter, for rates only.
    counts: Option<Counts<'a>>,
    /// The clock, if another chunk stores it.
    clock: Option<Clock<'a>>,
    buckets: &'a mut Buckets,
}

impl<'a> Line<'a> {
    /// Opens the chunks, which must all have this many entries.
    pub(super) fn open(series: &'a mut ChartSeries, entries: usize) -> Result<Self, ChunkError> {
        let column = open(series.chunk, entries)?;
        let (mut counts, mut clock) = (None, None);
        if column.needs_counter() {
            let counter = series.counter.ok_or(ChunkError::NeedsCounter)?;
            counts = Some(Counts::open(open(counter, entries)?)?);
        }
        if column.needs_clock() {
            let chunk = series.clock.ok_or(ChunkError::NeedsClock)?;
            clock = Some(Clock::open(open(chunk, entries)?)?);
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

    /// The longest section length among its chunks. Reading in shorter parts would decode some sections
    /// repeatedly.
    pub(super) fn log2(&self) -> u8 {
        let counter = self.counts.as_ref().map(Counts::log2);
        let clock = self.clock.as_ref().map(Clock::log2);
        let others = counter.into_iter().chain(clock);
        others.fold(self.column.sections().log2, u8::max)
    }

    /// Adds these entries to the buckets, according to the slices.
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
                let mut counter = counts.decode_part(part, moments)?;
                if let Some(clock) = &mut self.clock {
                    counter.ticks = Some(clock.decode_part(part)?);
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
