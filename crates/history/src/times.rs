//! The times of a period, which all its columns share.

pub(crate) mod encode;
mod near;

use crate::ChunkError;
use crate::bytes::{Bytes, unzigzag};
use crate::dense::{overlap, shifted};
use crate::format::{TIMES, read_chunk};
use crate::numbers::Numbers;
use crate::sections::Sections;
use std::ops::Range;

pub use encode::encode_times;

/// An open chunk of times: its bounds are known, its times are not decoded yet.
pub struct Times<'a> {
    sections: Sections,
    /// The first time of each section.
    firsts: Vec<i64>,
    last: Option<i64>,
    step: i64,
    /// Lower and upper bound of the stored deviations from steady steps, if known.
    jitter: Option<(i64, i64)>,
    numbers: Numbers<'a, i64>,
}

/// Decodes all times of a chunk.
pub fn decode_times(bytes: &[u8]) -> Result<Vec<i64>, ChunkError> {
    let mut chunk = Times::open(bytes)?;
    let mut times = Vec::new();
    chunk.decode(0..chunk.len(), &mut times)?;
    Ok(times)
}

impl<'a> Times<'a> {
    /// Verifies the checksum and reads the bounds.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ChunkError> {
        let chunk = read_chunk(bytes)?;
        let (sections, mut body) = (chunk.sections, chunk.body);
        if chunk.kind != TIMES {
            return Err(ChunkError::Kind);
        }
        let mut firsts = read_bounds(&mut body, sections)?;
        let last = firsts.pop();
        let step = unzigzag(body.read_varint()?);
        let counts: Vec<usize> = sections.spans().map(|span| span.len()).collect();
        let numbers = Numbers::parse(&mut body, &counts)?;
        body.expect_end()?;
        Ok(Self {
            sections,
            firsts,
            last,
            step,
            jitter: numbers.bounds(),
            numbers,
        })
    }

    /// The number of times.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sections.entries
    }

    /// Whether there are no times.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first time.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.firsts.first().copied()
    }

    /// The last time.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// A range of entries that includes all with `from_ms <= time < to_ms`. It consists of whole sections and
    /// needs no decoding.
    #[must_use]
    pub fn covering(&self, from_ms: i64, to_ms: i64) -> Range<usize> {
        if self.last.is_none_or(|last| last < from_ms) || from_ms >= to_ms {
            return 0..0;
        }
        let started = |moment| move |&first: &i64| first <= moment;
        let first = self
            .firsts
            .partition_point(started(from_ms))
            .saturating_sub(1);
        let end = self.firsts.partition_point(|&start| start < to_ms);
        if first >= end {
            return 0..0;
        }
        self.sections.span(first).start..self.sections.span(end - 1).end
    }

    pub(crate) fn sections(&self) -> Sections {
        self.sections
    }

    /// Decodes the times of these entries, replacing the content of `times`.
    pub fn decode(&mut self, range: Range<usize>, times: &mut Vec<i64>) -> Result<(), ChunkError> {
        if range.start > range.end || range.end > self.len() {
            return Err(ChunkError::Lengths);
        }
        times.resize(range.len(), 0);
        self.decode_to(&range, times)
    }

    /// Decodes the times of these entries into a slice.
    pub(crate) fn decode_to(
        &mut self,
        range: &Range<usize>,
        times: &mut [i64],
    ) -> Result<(), ChunkError> {
        let mut scratch = Vec::new();
        for section in self.sections.covering(range) {
            let span = self.sections.span(section);
            let (part, whole) = overlap(&span, range);
            let place = &mut times[shifted(&part, range.start)];
            if whole {
                self.section(section, place)?;
            } else {
                scratch.resize(span.len(), 0);
                self.section(section, &mut scratch)?;
                place.copy_from_slice(&scratch[shifted(&part, span.start)]);
            }
        }
        Ok(())
    }

    /// Decodes the times of a section, which must rise within its bounds.
    fn section(&mut self, section: usize, times: &mut [i64]) -> Result<(), ChunkError> {
        self.numbers.decompress_page(section, times)?;
        let first = self.firsts.get(section).copied();
        let rises = restore(times, first.unwrap_or_default(), self.step);
        let last = times.last().copied();
        let ends_well = match self.firsts.get(section + 1) {
            Some(next) => last.is_some_and(|last| last < *next),
            None => last == self.last,
        };
        if !rises || !ends_well || times.first().copied() != first {
            return Err(ChunkError::Damaged("its times do not rise"));
        }
        Ok(())
    }
}

/// Restores times from their deviations, and returns whether they rise.
fn restore(times: &mut [i64], first: i64, step: i64) -> bool {
    let mut expected = first;
    for time in times.iter_mut() {
        *time = time.wrapping_add(expected);
        expected = expected.wrapping_add(step);
    }
    rises(times)
}

/// Whether each time is later than the one before.
///
/// For small distances there is a fast check that the compiler vectorizes: a time that is not later gives a
/// huge unsigned distance, and small distances can only wrap around if the last time is less than the first.
fn rises(times: &[i64]) -> bool {
    let distances = times.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let bits = distances.fold(0, |bits, distance| {
        bits | distance.wrapping_sub(1).cast_unsigned()
    });
    if bits < SMALL && times.len() <= 1 << 16 {
        return times.first() <= times.last();
    }
    times.is_sorted_by(|before, time| before < time)
}

/// A section of distances below this cannot wrap around 64 bits.
const SMALL: u64 = 1 << 46;

/// Reads the first time of each section and the last time of all.
fn read_bounds(bytes: &mut Bytes, sections: Sections) -> Result<Vec<i64>, ChunkError> {
    let count = match sections.count() {
        0 => 0,
        count => count + 1,
    };
    let mut bounds = Vec::with_capacity(count);
    for _ in 0..count {
        let number = bytes.read_varint()?;
        let bound = match bounds.last() {
            None => Some(unzigzag(number)),
            Some(&before) => i64::checked_add_unsigned(before, number),
        };
        bounds.push(bound.ok_or(ChunkError::Damaged("its times are out of range"))?);
    }
    Ok(bounds)
}

#[cfg(test)]
mod tests;
