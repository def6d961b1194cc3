//! Decoded numbers as a contiguous slice, plus the entries that are present: the input of charts.

use crate::sections::within;
use crate::validity::{Run, runs, runs_within};
use std::ops::Range;

/// A number for each entry of a range, and the runs of entries that have a value.
///
/// Reuse one `Dense` for many ranges: it only allocates for the largest.
#[derive(Clone, Debug, Default)]
pub struct Dense<T> {
    pub(crate) values: Vec<T>,
    pub(crate) runs: Vec<Run>,
}

impl<T: Copy + Default> Dense<T> {
    /// One number per entry; meaningless for entries without a value.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The runs of present entries, in rising order, not adjacent.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The present numbers with their entries, counted from the start of the range.
    pub fn iter(&self) -> impl Iterator<Item = (usize, T)> {
        let run = |run: &Run| run.entries().zip(self.part(run.entries()).iter().copied());
        self.runs.iter().flat_map(run)
    }

    /// The number of an entry, if it has one.
    #[must_use]
    pub fn get(&self, entry: usize) -> Option<T> {
        let after = self
            .runs
            .partition_point(|run| run.entries().start <= entry);
        let run = self.runs.get(after.checked_sub(1)?)?;
        run.entries()
            .contains(&entry)
            .then(|| self.values.get(entry).copied())?
    }

    /// The runs of present entries within a range.
    pub(crate) fn runs_within(&self, entries: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        runs_within(&self.runs, entries)
    }

    pub(crate) fn part(&self, entries: Range<usize>) -> &[T] {
        self.values.get(entries).unwrap_or_default()
    }

    /// Replaces the content by values from elsewhere, such as rows.
    pub fn set(&mut self, entries: impl ExactSizeIterator<Item = Option<T>> + Clone) {
        self.set_from(0, entries);
    }

    /// Like `set`, from index `at` on; entries before that stay.
    pub(crate) fn set_from(
        &mut self,
        at: usize,
        entries: impl ExactSizeIterator<Item = Option<T>> + Clone,
    ) {
        self.make_room(at, entries.len());
        for (place, entry) in self.values.iter_mut().skip(at).zip(entries.clone()) {
            *place = entry.unwrap_or_default();
        }
        let present = entries.map(|entry| entry.is_some());
        self.push_runs(at, runs(present).map(Run::entries));
    }

    /// Makes room for entries from index `at` on, none of them present yet. Old numbers are not cleared: that
    /// would take as long as decoding some.
    pub(crate) fn make_room(&mut self, at: usize, entries: usize) {
        self.values.resize(at + entries, T::default());
        let kept = self.runs.partition_point(|run| run.entries().end <= at);
        self.runs.truncate(kept);
    }

    /// Moves the last entry to the front and drops all others.
    pub(crate) fn keep_last(&mut self) {
        let last = self.values.len().checked_sub(1);
        let kept = last.and_then(|last| self.get(last));
        self.runs.clear();
        if let Some((kept, first)) = kept.zip(self.values.first_mut()) {
            *first = kept;
            self.runs.push(Run::new(&(0..1)));
        }
    }

    /// Adds runs, shifted by `at`, and joins the first with an adjacent run before it.
    pub(crate) fn push_runs(&mut self, at: usize, runs: impl Iterator<Item = Range<usize>>) {
        for run in runs {
            let mut run = at + run.start..at + run.end;
            let touches = |before: &mut Run| before.entries().end == run.start;
            if let Some(before) = self.runs.pop_if(touches) {
                run.start = before.entries().start;
            }
            self.runs.push(Run::new(&run));
        }
    }
}

/// Moves the numbers at the front of `values` to the positions given by the runs, which are counted from
/// `start`. It starts with the last run, since numbers only move backward or stay.
pub(crate) fn spread<T: Copy>(
    values: &mut [T],
    start: usize,
    runs: impl DoubleEndedIterator<Item = Range<usize>>,
    mut count: usize,
) {
    for run in runs.rev() {
        let to = run.start - start;
        count -= run.len();
        if count == to {
            break;
        }
        values.copy_within(count..count + run.len(), to);
    }
}

/// Makes a range relative to `start`.
pub(crate) fn shifted(range: &Range<usize>, start: usize) -> Range<usize> {
    range.start - start..range.end - start
}

/// The part of `span` within `range`, and whether that is all of `span`.
pub(crate) fn overlap(span: &Range<usize>, range: &Range<usize>) -> (Range<usize>, bool) {
    let part = within(span, range);
    let whole = part == *span;
    (part, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_present() {
        let mut dense = Dense::default();
        dense.set([None, Some(1.0), Some(2.0), None, Some(4.0)].into_iter());
        assert_eq!(dense.values().len(), 5);
        assert_eq!(dense.runs().len(), 2);
        let found: Vec<_> = dense.iter().collect();
        assert_eq!(found, [(1, 1.0), (2, 2.0), (4, 4.0)]);
        let got: Vec<_> = (0..6).map(|entry| dense.get(entry)).collect();
        assert_eq!(got, [None, Some(1.0), Some(2.0), None, Some(4.0), None]);
    }

    #[test]
    fn goes_on_after_its_last() {
        let mut dense = Dense::default();
        dense.set([Some(1), None, Some(3)].into_iter());
        dense.keep_last();
        dense.set_from(1, [Some(4), None].into_iter());
        assert!(dense.iter().eq([(0, 3), (1, 4)]));
        assert_eq!((dense.runs().len(), dense.values().len()), (1, 3));
        dense.keep_last();
        dense.set_from(1, [Some(5)].into_iter());
        assert!(dense.iter().eq([(1, 5)]));
    }

    #[test]
    fn spreads_from_the_last() {
        let mut values = [1, 2, 3, 0, 0, 0];
        spread(&mut values, 10, [10..11, 12..13, 15..16].into_iter(), 3);
        assert_eq!((values[0], values[2], values[5]), (1, 2, 3));
    }
}
