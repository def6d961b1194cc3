//! What rates follow from, as far as their own chunk does not hold it.

use crate::{ChunkError, Dense};
use std::ops::Range;

/// What rates follow from, over the entries from `first` on.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The entry that the others start with.
    pub first: usize,
    /// The times of the entries.
    pub times: &'a [i64],
    /// The counts of the entries.
    pub counts: &'a Dense<i64>,
    /// For rates whose clock another chunk stores: its `Column::ticks` of exactly the range that is
    /// asked for, since the entry before has no part in them. Others do not look at it.
    pub ticks: Option<&'a Dense<i64>>,
}

impl<'a> Counter<'a> {
    /// The entries must be those of the range and, unless it starts with the first, the one before.
    pub(super) fn check(&self, range: &Range<usize>) -> Result<(), ChunkError> {
        let same = self.counts.values().len() == self.times.len();
        let begins = self.first <= range.start.saturating_sub(1);
        let ends = self.first.saturating_add(self.times.len()) >= range.end;
        if same && begins && ends {
            Ok(())
        } else {
            Err(ChunkError::Lengths)
        }
    }

    /// The ticks of the range, which must be given.
    pub(super) fn ticks_of(&self, range: &Range<usize>) -> Result<&'a Dense<i64>, ChunkError> {
        let ticks = self.ticks.ok_or(ChunkError::NeedsClock)?;
        if ticks.values().len() == range.len() {
            Ok(ticks)
        } else {
            Err(ChunkError::Lengths)
        }
    }
}
