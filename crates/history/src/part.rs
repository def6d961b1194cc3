//! Values of one type: which entries have one, and the numbers.

use crate::bytes::Bytes;
use crate::dense::{Dense, overlap, shifted, spread};
use crate::numbers::{Numbers, write_numbers};
use crate::presence::Presence;
use crate::sections::Sections;
use crate::{ChunkError, EncodeError};
use pco::data_types::Number;
use std::ops::Range;

/// Integers or floats that lie at some of the entries.
pub(crate) struct Part<'a, T: Number> {
    sections: Sections,
    presence: Presence,
    numbers: Numbers<'a, T>,
}

/// Writes the present of these entries.
pub(crate) fn write_part<T: Number>(
    out: &mut Vec<u8>,
    entries: &[Option<T>],
    sections: Sections,
) -> Result<(), EncodeError> {
    let presence = Presence::of(entries.iter().map(Option::is_some));
    presence.write(out, entries.len());
    let values: Vec<T> = entries.iter().flatten().copied().collect();
    write_numbers(out, &values, &presence.counts(sections))
}

impl<'a, T: Number + Default> Part<'a, T> {
    pub(crate) fn read(bytes: &mut Bytes<'a>, sections: Sections) -> Result<Self, ChunkError> {
        let presence = Presence::read(bytes, sections.entries)?;
        let numbers = Numbers::read(bytes, &presence.counts(sections))?;
        Ok(Self {
            sections,
            presence,
            numbers,
        })
    }

    pub(crate) fn sections(&self) -> Sections {
        self.sections
    }

    /// Decodes a range of entries into `dense`, from the place `at` on.
    pub(crate) fn fill(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<T>,
        at: usize,
    ) -> Result<(), ChunkError> {
        let numbers = &mut self.numbers;
        fill(
            self.sections,
            &self.presence,
            range,
            dense,
            at,
            |section, page| numbers.page(section, page).map(|_| ()),
        )
    }

    /// As `fill` from the first place on, with the numbers converted on their way.
    pub(crate) fn fill_as<U: Copy + Default>(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<U>,
        convert: impl Fn(&[T], &mut [U]),
    ) -> Result<(), ChunkError> {
        let numbers = &mut self.numbers;
        let mut scratch = Vec::new();
        fill(
            self.sections,
            &self.presence,
            range,
            dense,
            0,
            |section, page| {
                scratch.resize(page.len(), T::default());
                let decoded = numbers.page(section, &mut scratch)?;
                convert(decoded, page);
                Ok(())
            },
        )
    }

    /// Calls `take` with each present entry of a range and its number.
    pub(crate) fn for_each(
        &mut self,
        range: &Range<usize>,
        mut take: impl FnMut(usize, T) -> Result<(), ChunkError>,
    ) -> Result<(), ChunkError> {
        let mut scratch = Vec::new();
        for section in self.sections.covering(range) {
            scratch.resize(self.numbers.count(section), T::default());
            let numbers = self.numbers.page(section, &mut scratch)?;
            let span = self.sections.span(section);
            let entries = self.presence.within(&span).flatten();
            for (entry, &number) in entries.zip(numbers.iter()) {
                if range.contains(&entry) {
                    take(entry, number)?;
                }
            }
        }
        Ok(())
    }
}

/// Decodes the sections that cover a range: straight to their place where all of one is wanted.
fn fill<T: Copy + Default>(
    sections: Sections,
    presence: &Presence,
    range: &Range<usize>,
    dense: &mut Dense<T>,
    at: usize,
    mut page: impl FnMut(usize, &mut [T]) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    dense.begin(at, range.len());
    let runs = presence.within(range);
    dense.push_runs(at, runs.map(|run| shifted(&run, range.start)));
    let values = &mut dense.values[at..];
    let mut scratch = Vec::new();
    for section in sections.covering(range) {
        let span = sections.span(section);
        let (part, whole) = overlap(&span, range);
        let place = &mut values[shifted(&part, range.start)];
        if whole {
            decode(&span, presence, place, |values| page(section, values))?;
        } else {
            scratch.resize(span.len(), T::default());
            decode(&span, presence, &mut scratch, |values| {
                page(section, values)
            })?;
            place.copy_from_slice(&scratch[shifted(&part, span.start)]);
        }
    }
    Ok(())
}

/// Decodes one section and moves its numbers to their entries.
fn decode<T: Copy>(
    span: &Range<usize>,
    presence: &Presence,
    values: &mut [T],
    page: impl FnOnce(&mut [T]) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    let count = presence.within(span).map(|run| run.len()).sum();
    page(&mut values[..count])?;
    spread(values, span.start, presence.within(span), count);
    Ok(())
}
