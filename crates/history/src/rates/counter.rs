//! The inputs of rates that their own chunk does not hold.

use crate::{ChunkError, Dense};
use std::ops::Range;

/// The inputs of rates, over the entries from `first` on.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The entry at which the slices below start.
    pub first: usize,
    /// The times of the entries.
    pub times: &'a [i64],
    /// The counts of the entries.
    pub counts: &'a Dense<i64>,
    /// For rates with a shared clock: `Column::ticks` of exactly the requested range, without the entry before.
    /// Others ignore it.
    pub ticks: Option<&'a Dense<i64>>,
}

impl<'a> Counter<'a> {
    /// Checks that the range is covered, plus the entry before unless it starts with the first.
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

    /// The ticks of the range, or an error if they are missing.
    pub(super) fn require_ticks(&self, range: &Range<usize>) -> Result<&'a Dense<i64>, ChunkError> {
        let ticks = self.ticks.ok_or(ChunkError::NeedsClock)?;
        if ticks.values().len() == range.len() {
            Ok(ticks)
        } else {
            Err(ChunkError::Lengths)
        }
    }
}
