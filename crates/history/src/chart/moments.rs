//! The times of a period, decoded lazily.

use crate::grid::earlier;
use crate::sections::{Sections, within};
use crate::{ChunkError, Times};
use std::ops::Range;

/// Times, some of them decoded: `decoded` starts at entry `first`.
pub(super) struct Moments<'a> {
    times: Times<'a>,
    first: usize,
    decoded: Vec<i64>,
}

impl<'a> Moments<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ChunkError> {
        Ok(Self {
            times: Times::open(bytes)?,
            first: 0,
            decoded: Vec::new(),
        })
    }

    pub(super) fn sections(&self) -> Sections {
        self.times.sections()
    }

    /// A lower bound for the time of this entry.
    pub(super) fn bound(&self, entry: usize) -> i64 {
        self.times.bound(entry).unwrap_or(i64::MIN)
    }

    /// The first decoded entry, and the decoded times from there on.
    pub(super) fn decoded(&self) -> (usize, &[i64]) {
        (self.first, &self.decoded)
    }

    /// The entries in a span of time.
    pub(super) fn range(&mut self, from_ms: i64, to_ms: i64) -> Result<Range<usize>, ChunkError> {
        if from_ms >= to_ms {
            return Ok(0..0);
        }
        Ok(self.place(from_ms)?..self.place(to_ms)?)
    }

    /// The first entry at or after a moment.
    fn place(&mut self, moment_ms: i64) -> Result<usize, ChunkError> {
        self.place_within(&(0..self.sections().entries), moment_ms)
    }

    /// The first of these entries at or after a moment, or their end if there is none.
    pub(super) fn place_within(
        &mut self,
        entries: &Range<usize>,
        moment_ms: i64,
    ) -> Result<usize, ChunkError> {
        let near = within(&self.times.near(moment_ms), entries);
        if near.is_empty() {
            return Ok(near.start);
        }
        if near.start < self.first || near.end > self.first + self.decoded.len() {
            let section = self.sections().covering(&near).start;
            let span = self.sections().span(section);
            self.first = span.start;
            self.times.decode(span, &mut self.decoded)?;
        }
        let places = near.start - self.first..near.end - self.first;
        let times = self.decoded.get(places).unwrap_or_default();
        Ok(near.start + earlier(times, moment_ms))
    }

    /// Decodes these entries and the one before them, which is reused if this range follows the previous one.
    pub(super) fn decode(&mut self, range: &Range<usize>) -> Result<(), ChunkError> {
        let before = range.start.saturating_sub(1);
        let end = self.first + self.decoded.len();
        match self.decoded.last().filter(|_| end == range.start) {
            Some(&last) => {
                self.decoded.resize(1 + range.len(), 0);
                self.decoded[0] = last;
                self.times.decode_to(range, &mut self.decoded[1..])?;
            }
            None => self.times.decode(before..range.end, &mut self.decoded)?,
        }
        self.first = before;
        Ok(())
    }
}
