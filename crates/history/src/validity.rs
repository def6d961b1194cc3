//! Which entries have a value: all, those of a few runs, or those of a bitmap.

use crate::ChunkError;
use crate::bytes::{Bytes, write_count};
use crate::sections::{Sections, within};
use std::ops::Range;

const ALL: u8 = 0;
const RUNS: u8 = 1;
const BITMAP: u8 = 2;

/// Consecutive entries that all have a value: `start..end`, never empty.
///
/// Half the size of a `Range<usize>`, since hostile bytes may ask for half a million of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    start: u32,
    end: u32,
}

impl Run {
    /// The entries of the run.
    #[must_use]
    pub fn entries(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The entries fit: a chunk has far fewer than 2^32.
    pub(crate) fn new(entries: &Range<usize>) -> Self {
        let narrow = |entry| u32::try_from(entry).unwrap_or(u32::MAX);
        Self {
            start: narrow(entries.start),
            end: narrow(entries.end),
        }
    }
}

/// The entries that have a value, as rising runs that do not touch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Validity(pub(crate) Vec<Run>);

impl Validity {
    pub(crate) fn from_flags(present: impl Iterator<Item = bool>) -> Self {
        Self(runs(present).collect())
    }

    /// The parts of the runs within a range.
    pub(crate) fn within(
        &self,
        range: &Range<usize>,
    ) -> impl DoubleEndedIterator<Item = Range<usize>> {
        runs_within(&self.0, range)
    }

    /// The number of values in each section.
    pub(crate) fn counts(&self, sections: Sections) -> Vec<usize> {
        let count = |span| self.within(&span).map(|run| run.len()).sum();
        sections.spans().map(count).collect()
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>, entries: usize) {
        let all = self.0.iter().map(|run| run.entries().len()).sum::<usize>() == entries;
        let runs = self.to_runs();
        if all {
            out.push(ALL);
        } else if runs.len() <= entries.div_ceil(8) {
            out.push(RUNS);
            out.extend(runs);
        } else {
            out.push(BITMAP);
            out.extend(self.to_bitmap(entries));
        }
    }

    fn to_runs(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_count(&mut out, self.0.len());
        let mut end = 0;
        for run in self.0.iter().map(|run| run.entries()) {
            write_count(&mut out, run.start - end);
            write_count(&mut out, run.len());
            end = run.end;
        }
        out
    }

    fn to_bitmap(&self, entries: usize) -> Vec<u8> {
        let mut bitmap = vec![0_u8; entries.div_ceil(8)];
        for entry in self.0.iter().flat_map(|run| run.entries()) {
            if let Some(byte) = bitmap.get_mut(entry / 8) {
                *byte |= 1 << (entry % 8);
            }
        }
        bitmap
    }

    pub(crate) fn parse(bytes: &mut Bytes, entries: usize) -> Result<Self, ChunkError> {
        match bytes.read_byte()? {
            ALL => Ok(Self::all_valid(entries)),
            RUNS => Self::read_runs(bytes, entries),
            BITMAP => Self::read_bitmap(bytes, entries),
            _ => Err(ChunkError::Damaged("its validity has an unknown form")),
        }
    }

    fn all_valid(entries: usize) -> Self {
        let all = (entries > 0).then(|| Run::new(&(0..entries)));
        Self(all.into_iter().collect())
    }

    fn read_runs(bytes: &mut Bytes, entries: usize) -> Result<Self, ChunkError> {
        // Each run takes at least two bytes, so the bytes that are left bound the count.
        let count = bytes.read_count(bytes.0.len() / 2)?;
        let mut runs = Vec::with_capacity(count);
        let mut end = 0;
        for index in 0..count {
            let start = end + bytes.read_count(entries - end)?;
            let length = bytes.read_count(entries - start)?;
            if length == 0 || (start == end && index > 0) {
                return Err(ChunkError::Damaged("its runs of values touch or are empty"));
            }
            end = start + length;
            runs.push(Run::new(&(start..end)));
        }
        Ok(Self(runs))
    }

    fn read_bitmap(bytes: &mut Bytes, entries: usize) -> Result<Self, ChunkError> {
        let bitmap = bytes.take_bytes(entries.div_ceil(8))?;
        let bit = |entry: usize| bitmap[entry / 8] >> (entry % 8) & 1 == 1;
        if (entries..bitmap.len() * 8).any(bit) {
            return Err(ChunkError::Damaged(
                "its bitmap marks entries beyond its end",
            ));
        }
        // Counted first: a growing vector would take up to three times the memory.
        let mut found = Vec::with_capacity(runs((0..entries).map(bit)).count());
        found.extend(runs((0..entries).map(bit)));
        Ok(Self(found))
    }
}

/// The parts of rising runs within a range.
pub(crate) fn runs_within(
    runs: &[Run],
    range: &Range<usize>,
) -> impl DoubleEndedIterator<Item = Range<usize>> {
    let first = runs.partition_point(|run| run.entries().end <= range.start);
    let last = runs.partition_point(|run| run.entries().start < range.end);
    let runs = runs.get(first..last).unwrap_or_default();
    runs.iter().map(move |run| within(&run.entries(), range))
}

/// The runs of `true`.
pub(crate) fn runs(present: impl Iterator<Item = bool>) -> impl Iterator<Item = Run> {
    // A final `false` ends the last run.
    let mut entries = present.chain([false]).enumerate();
    std::iter::from_fn(move || {
        let (start, _) = entries.by_ref().find(|&(_, present)| present)?;
        let (end, _) = entries.by_ref().find(|&(_, present)| !present)?;
        Some(Run::new(&(start..end)))
    })
}

/// Like `runs` for a slice, and skips long runs in blocks.
pub(crate) fn runs_of_slice(present: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + leading(&present[at..], false);
        let end = start + leading(&present[start..], true);
        at = end;
        (start < end).then_some(start..end)
    })
}

/// The number of entries at the front that equal `so`.
fn leading(present: &[bool], so: bool) -> usize {
    let same = |&entry: &bool| entry == so;
    let all = |block: &&[bool; 64]| block.iter().fold(true, |all, entry| all & same(entry));
    let blocks = present.as_chunks().0.iter();
    let known = blocks.take_while(|block| all(block)).count() * 64;
    known
        + present[known..]
            .iter()
            .take_while(|entry| same(entry))
            .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(present: &[bool]) -> (Vec<u8>, Validity) {
        let validity = Validity::from_flags(present.iter().copied());
        let mut out = Vec::new();
        validity.write(&mut out, present.len());
        let mut bytes = Bytes(&out);
        let back = Validity::parse(&mut bytes, present.len()).unwrap();
        bytes.expect_end().unwrap();
        assert_eq!(back, validity);
        (out, back)
    }

    #[test]
    fn takes_the_smallest_way() {
        assert_eq!(round_trip(&[true; 1000]).0, [ALL]);
        assert_eq!(round_trip(&[false; 1000]).0, [RUNS, 0]);
        let mut gap = [true; 1000];
        gap[10..12].fill(false);
        assert_eq!(round_trip(&gap).0.len(), 7);
        let odd: Vec<_> = (0..1000).map(|entry| entry % 2 == 1).collect();
        assert_eq!(round_trip(&odd).0.len(), 1 + 125);
    }

    #[test]
    fn refuses_runs_that_touch_or_are_empty_or_too_long() {
        for runs in [
            &[RUNS, 2, 0, 1, 0, 1][..],
            &[RUNS, 1, 0, 0],
            &[RUNS, 1, 1, 10],
            &[RUNS, 200, 1],
            &[BITMAP, 0, 4],
            &[3],
        ] {
            assert!(Validity::parse(&mut Bytes(runs), 10).is_err(), "{runs:?}");
        }
    }

    proptest! {
        #[test]
        fn runs_in_blocks_are_the_same(
            lengths in proptest::collection::vec(0_usize..200, 0..9)
        ) {
            let stretch = |(at, length)| std::iter::repeat_n(at % 2 == 1, length);
            let present: Vec<_> = lengths.into_iter().enumerate().flat_map(stretch).collect();
            let expected = runs(present.iter().copied()).map(Run::entries);
            prop_assert!(runs_of_slice(&present).eq(expected));
        }

        #[test]
        fn any_pattern_round_trips(present in proptest::collection::vec(any::<bool>(), 0..700)) {
            let (_, validity) = round_trip(&present);
            let sections = Sections { entries: present.len(), log2: 8 };
            let expected: Vec<_> = present.chunks(256)
                .map(|section| section.iter().filter(|&&present| present).count())
                .collect();
            prop_assert_eq!(validity.counts(sections), expected);
        }
    }
}
