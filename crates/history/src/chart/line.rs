//! One series while it is counted.

use super::{Moments, Series};
use crate::grid::{Grid, Slice};
use crate::{Buckets, ChunkError, Column, Counter, Dense};
use std::ops::Range;

/// A series, opened.
pub(super) struct Line<'a> {
    column: Column<'a>,
    /// None unless these are rates.
    counts: Option<Counts<'a>>,
    buckets: &'a mut Buckets,
}

impl<'a> Line<'a> {
    /// All chunks of a period have as many entries.
    pub(super) fn open(series: &'a mut Series, entries: usize) -> Result<Self, ChunkError> {
        let column = open(series.chunk, entries)?;
        let mut counts = None;
        if column.needs_counter() {
            let counter = series.counter.ok_or(ChunkError::NeedsCounter)?;
            counts = Some(Counts::of(open(counter, entries)?));
        }
        Ok(Self {
            column,
            counts,
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
        let counter = self.counts.as_ref().map(|counts| &counts.column);
        let columns = [Some(&self.column), counter].into_iter().flatten();
        columns
            .map(|column| column.sections().log2)
            .fold(0, u8::max)
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
                let counter = counts.of_part(part, moments)?;
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

/// A counter, of which some entries are decoded from `first` on.
struct Counts<'a> {
    column: Column<'a>,
    first: usize,
    decoded: Dense<i64>,
}

impl<'a> Counts<'a> {
    fn of(column: Column<'a>) -> Self {
        Self {
            column,
            first: 0,
            decoded: Dense::default(),
        }
    }

    /// Decodes these entries and the one before them, which is there already if they are the next.
    fn of_part<'c>(
        &'c mut self,
        part: &Range<usize>,
        moments: &'c Moments,
    ) -> Result<Counter<'c>, ChunkError> {
        let before = part.start.saturating_sub(1);
        let known = self.decoded.values().len();
        if known > 0 && self.first + known == part.start {
            self.decoded.keep_last();
            self.column.further_integers(part, &mut self.decoded)?;
        } else {
            let entries = before..part.end;
            self.column.integers(entries, &mut self.decoded)?;
        }
        self.first = before;
        let (first, times) = moments.decoded();
        let counts = &self.decoded;
        Ok(Counter {
            first,
            times,
            counts,
        })
    }
}
