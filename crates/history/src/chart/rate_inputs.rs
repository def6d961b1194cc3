//! Streaming decoders for the counter and the clock from which a rate is computed.

use super::Moments;
use crate::part::Part;
use crate::{ChunkError, Column, Counter, Dense};
use std::ops::Range;

/// A counter with some of its entries decoded, from `first` on.
pub(super) struct Counts<'a> {
    column: Column<'a>,
    first: usize,
    decoded: Dense<i64>,
}

impl<'a> Counts<'a> {
    pub(super) fn open(column: Column<'a>) -> Result<Self, ChunkError> {
        if column.needs_counter() {
            return Err(ChunkError::NeedsCounter);
        }
        Ok(Self {
            column,
            first: 0,
            decoded: Dense::default(),
        })
    }

    pub(super) fn log2(&self) -> u8 {
        self.column.sections().log2
    }

    /// Decodes these entries and the one before them, which is reused if this part follows the previous one.
    pub(super) fn decode_part<'c>(
        &'c mut self,
        part: &Range<usize>,
        moments: &'c Moments,
    ) -> Result<Counter<'c>, ChunkError> {
        let before = part.start.saturating_sub(1);
        let known = self.decoded.values().len();
        if known > 0 && self.first + known == part.start {
            self.decoded.keep_last();
            self.column.append_integers(part, &mut self.decoded)?;
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
            ticks: None,
        })
    }
}

/// A clock with some of its ticks decoded.
pub(super) struct Clock<'a> {
    ticks: Part<'a, i64>,
    decoded: Dense<i64>,
}

impl<'a> Clock<'a> {
    pub(super) fn open(column: Column<'a>) -> Result<Self, ChunkError> {
        Ok(Self {
            ticks: column.into_rates()?.into_clock()?,
            decoded: Dense::default(),
        })
    }

    pub(super) fn log2(&self) -> u8 {
        self.ticks.sections().log2
    }

    pub(super) fn decode_part(&mut self, part: &Range<usize>) -> Result<&Dense<i64>, ChunkError> {
        self.ticks.fill(part, &mut self.decoded, 0)?;
        Ok(&self.decoded)
    }
}
