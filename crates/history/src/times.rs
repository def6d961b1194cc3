//! The moments of a period, which all its columns share.

use crate::bytes::{Bytes, write_varint};
use crate::dense::{overlap, shifted};
use crate::format::{MAX_ENTRIES, SECTION_LOG2, TIMES, read_chunk, write_chunk};
use crate::numbers::{Numbers, write_numbers};
use crate::sections::Sections;
use crate::{ChunkError, EncodeError};
use std::ops::Range;

/// A chunk of times, opened: its bounds are known, its times not yet decoded.
pub struct Times<'a> {
    sections: Sections,
    /// The first time of each section.
    firsts: Vec<i64>,
    last: Option<i64>,
    step: i64,
    numbers: Numbers<'a, i64>,
}

/// Over how many entries a step is measured.
const STEP_REACH: usize = 64;

/// Encodes moments, each later than the one before.
pub fn encode_times(times: &[i64]) -> Result<Vec<u8>, EncodeError> {
    encode_in_sections(times, SECTION_LOG2)
}

fn encode_in_sections(times: &[i64], log2: u8) -> Result<Vec<u8>, EncodeError> {
    if times.len() > MAX_ENTRIES {
        return Err(EncodeError::TooMany(times.len()));
    }
    if let Some(at) = times.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(EncodeError::NotRising(at + 1));
    }
    let sections = Sections {
        entries: times.len(),
        log2,
    };
    let mut body = Vec::new();
    write_bounds(&mut body, times, sections);
    let step = step(times);
    write_varint(&mut body, zigzag(step));
    let counts: Vec<usize> = sections.spans().map(|span| span.len()).collect();
    write_numbers(&mut body, &remainders(times, sections, step), &counts)?;
    Ok(write_chunk(TIMES, sections, &body))
}

/// The usual distance of one time from the next: over many entries, so that jitter averages out, and
/// the middle of all such distances, so that gaps do not count.
fn step(times: &[i64]) -> i64 {
    let reach = times.len().saturating_sub(1).min(STEP_REACH);
    let Some(later) = times.get(reach..).filter(|_| reach > 0) else {
        return 0;
    };
    let pairs = times.iter().zip(later);
    let mut distances: Vec<i64> = pairs
        .map(|(time, later)| later.wrapping_sub(*time))
        .collect();
    let middle = distances.len() / 2;
    let (_, middle, _) = distances.select_nth_unstable(middle);
    let reach = i64::try_from(reach).unwrap_or(1);
    middle.saturating_add(reach / 2) / reach
}

/// What is left of the times when each section's steady steps are taken off.
fn remainders(times: &[i64], sections: Sections, step: i64) -> Vec<i64> {
    let mut remainders = times.to_vec();
    for span in sections.spans() {
        let section = &mut remainders[span];
        let first = section.first().copied().unwrap_or_default();
        let mut expected = first;
        for time in section {
            *time = time.wrapping_sub(expected);
            expected = expected.wrapping_add(step);
        }
    }
    remainders
}

fn write_bounds(out: &mut Vec<u8>, times: &[i64], sections: Sections) {
    let firsts = sections.spans().filter_map(|span| times.get(span.start));
    let mut before = None;
    for &bound in firsts.chain(times.last()) {
        write_varint(
            out,
            match before {
                None => zigzag(bound),
                Some(before) => bound.abs_diff(before),
            },
        );
        before = Some(bound);
    }
}

/// Decodes all times of a chunk.
pub fn decode_times(bytes: &[u8]) -> Result<Vec<i64>, ChunkError> {
    let mut chunk = Times::open(bytes)?;
    let mut times = Vec::new();
    chunk.decode(0..chunk.len(), &mut times)?;
    Ok(times)
}

impl<'a> Times<'a> {
    /// Checks the checksum and reads the bounds.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ChunkError> {
        let chunk = read_chunk(bytes)?;
        let (sections, mut body) = (chunk.sections, chunk.body);
        if chunk.kind != TIMES {
            return Err(ChunkError::Kind);
        }
        let mut firsts = read_bounds(&mut body, sections)?;
        let last = firsts.pop();
        let step = unzigzag(body.varint()?);
        let counts: Vec<usize> = sections.spans().map(|span| span.len()).collect();
        let numbers = Numbers::read(&mut body, &counts)?;
        body.end()?;
        Ok(Self {
            sections,
            firsts,
            last,
            step,
            numbers,
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sections.entries
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first of all.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.firsts.first().copied()
    }

    /// The last of all.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// Entries among which are all with `from_ms <= time < to_ms`: whole sections, known without
    /// decoding any.
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

    /// Decodes the times of these entries into `times`, whose earlier content is gone.
    pub fn decode(&mut self, range: Range<usize>, times: &mut Vec<i64>) -> Result<(), ChunkError> {
        if range.start > range.end || range.end > self.len() {
            return Err(ChunkError::Lengths);
        }
        times.resize(range.len(), 0);
        let mut scratch = Vec::new();
        for section in self.sections.covering(&range) {
            let span = self.sections.span(section);
            let (part, whole) = overlap(&span, &range);
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

    /// A section's times, which must rise within the bounds that were read before.
    fn section(&mut self, section: usize, times: &mut [i64]) -> Result<(), ChunkError> {
        self.numbers.page(section, times)?;
        let first = self.firsts.get(section).copied();
        let mut expected = first.unwrap_or_default();
        for time in times.iter_mut() {
            *time = time.wrapping_add(expected);
            expected = expected.wrapping_add(self.step);
        }
        let mut falls = false;
        for pair in times.windows(2) {
            falls |= pair[0] >= pair[1];
        }
        let last = times.last().copied();
        let ends_well = match self.firsts.get(section + 1) {
            Some(next) => last.is_some_and(|last| last < *next),
            None => last == self.last,
        };
        if falls || !ends_well || times.first().copied() != first {
            return Err(ChunkError::Damaged("its times do not rise"));
        }
        Ok(())
    }
}

/// The first time of each section and the last of all.
fn read_bounds(bytes: &mut Bytes, sections: Sections) -> Result<Vec<i64>, ChunkError> {
    let count = match sections.count() {
        0 => 0,
        count => count + 1,
    };
    let mut bounds = Vec::with_capacity(count);
    for _ in 0..count {
        let number = bytes.varint()?;
        let bound = match bounds.last() {
            None => Some(unzigzag(number)),
            Some(&before) => i64::checked_add_unsigned(before, number),
        };
        bounds.push(bound.ok_or(ChunkError::Damaged("its times are out of range"))?);
    }
    Ok(bounds)
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests;
