//! Values of one type: the entries that have one, and the numbers.

use crate::bytes::Bytes;
use crate::dense::{Dense, overlap, shifted, spread};
use crate::numbers::{Numbers, write_numbers};
use crate::sections::Sections;
use crate::validity::Validity;
use crate::{ChunkError, EncodeError};
use pco::data_types::Number;
use std::ops::Range;

/// Integers or floats at some of the entries.
pub(crate) struct Part<'a, T: Number> {
    sections: Sections,
    validity: Validity,
    numbers: Numbers<'a, T>,
}

/// Writes the entries that have a value.
pub(crate) fn write_part<T: Number>(
    out: &mut Vec<u8>,
    entries: &[Option<T>],
    sections: Sections,
) -> Result<(), EncodeError> {
    let validity = Validity::from_flags(entries.iter().map(Option::is_some));
    validity.write(out, entries.len());
    let values: Vec<T> = entries.iter().flatten().copied().collect();
    write_numbers(out, &values, &validity.counts(sections))
}

impl<'a, T: Number + Default> Part<'a, T> {
    pub(crate) fn parse(bytes: &mut Bytes<'a>, sections: Sections) -> Result<Self, ChunkError> {
        let validity = Validity::parse(bytes, sections.entries)?;
        let numbers = Numbers::parse(bytes, &validity.counts(sections))?;
        Ok(Self {
            sections,
            validity,
            numbers,
        })
    }

    pub(crate) fn sections(&self) -> Sections {
        self.sections
    }

    /// Decodes a range of entries into `dense`, from index `at` on.
    pub(crate) fn fill(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<T>,
        at: usize,
    ) -> Result<(), ChunkError> {
        let numbers = &mut self.numbers;
        fill(
            self.sections,
            &self.validity,
            range,
            dense,
            at,
            |section, page| numbers.decompress_page(section, page).map(|_| ()),
        )
    }

    /// Like `fill` at index 0, and converts the numbers on the way.
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
            &self.validity,
            range,
            dense,
            0,
            |section, page| {
                scratch.resize(page.len(), T::default());
                let decoded = numbers.decompress_page(section, &mut scratch)?;
                convert(decoded, page);
                Ok(())
            },
        )
    }

    /// Calls `take` for each present entry of a range, with its number.
    pub(crate) fn for_each(
        &mut self,
        range: &Range<usize>,
        mut take: impl FnMut(usize, T) -> Result<(), ChunkError>,
    ) -> Result<(), ChunkError> {
        let mut scratch = Vec::new();
        for section in self.sections.covering(range) {
            scratch.resize(self.numbers.count(section), T::default());
            let numbers = self.numbers.decompress_page(section, &mut scratch)?;
            let span = self.sections.span(section);
            let entries = self.validity.within(&span).flatten();
            for (entry, &number) in entries.zip(numbers.iter()) {
                if range.contains(&entry) {
                    take(entry, number)?;
                }
            }
        }
        Ok(())
    }
}

/// Decodes the sections that cover a range, in place if all of a section is needed.
fn fill<T: Copy + Default>(
    sections: Sections,
    validity: &Validity,
    range: &Range<usize>,
    dense: &mut Dense<T>,
    at: usize,
    mut page: impl FnMut(usize, &mut [T]) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    dense.make_room(at, range.len());
    let runs = validity.within(range);
    dense.push_runs(at, runs.map(|run| shifted(&run, range.start)));
    let values = &mut dense.values[at..];
    let mut scratch = Vec::new();
    for section in sections.covering(range) {
        let span = sections.span(section);
        let (part, whole) = overlap(&span, range);
        let place = &mut values[shifted(&part, range.start)];
        if whole {
            decode(&span, validity, place, |values| page(section, values))?;
        } else {
            scratch.resize(span.len(), T::default());
            decode(&span, validity, &mut scratch, |values| {
                page(section, values)
            })?;
            place.copy_from_slice(&scratch[shifted(&part, span.start)]);
        }
    }
    Ok(())
}

/// Decodes a section and moves its numbers to their entries.
fn decode<T: Copy>(
    span: &Range<usize>,
    validity: &Validity,
    values: &mut [T],
    page: impl FnOnce(&mut [T]) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    let count = validity.within(span).map(|run| run.len()).sum();
    page(&mut values[..count])?;
    spread(values, span.start, validity.within(span), count);
    Ok(())
}
