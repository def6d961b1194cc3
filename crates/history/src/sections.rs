//! Divides entries into sections, so that a few hours can be read without decoding a month.

use std::ops::Range;

/// Entries in sections of equal length; the last may be shorter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sections {
    pub(crate) entries: usize,
    /// Base-2 logarithm of the section length.
    pub(crate) log2: u8,
}

impl Sections {
    fn length(self) -> usize {
        1 << self.log2
    }

    pub(crate) fn count(self) -> usize {
        self.entries.div_ceil(self.length())
    }

    /// The entries of one section.
    pub(crate) fn span(self, section: usize) -> Range<usize> {
        let start = section << self.log2;
        start..self.entries.min(start + self.length())
    }

    /// The entries of each section.
    pub(crate) fn spans(self) -> impl Iterator<Item = Range<usize>> {
        (0..self.count()).map(move |section| self.span(section))
    }

    /// The sections that contain any of these entries.
    pub(crate) fn covering(self, entries: &Range<usize>) -> Range<usize> {
        if entries.is_empty() {
            return 0..0;
        }
        entries.start >> self.log2..((entries.end - 1) >> self.log2) + 1
    }
}

/// The part of a span within a range; empty if there is none.
pub(crate) fn within(span: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    let start = span.start.clamp(range.start, range.end);
    start..span.end.clamp(start, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_section_may_be_shorter() {
        let sections = Sections {
            entries: 600,
            log2: 8,
        };
        let spans: Vec<_> = sections.spans().collect();
        assert_eq!(spans, [0..256, 256..512, 512..600]);
        assert_eq!(sections.covering(&(255..256)), 0..1);
        assert_eq!(sections.covering(&(255..257)), 0..2);
        assert_eq!(sections.covering(&(512..600)), 2..3);
        assert_eq!(sections.covering(&(7..7)), 0..0);
    }

    #[test]
    fn no_entries_make_no_section() {
        let sections = Sections {
            entries: 0,
            log2: 8,
        };
        assert_eq!(sections.count(), 0);
    }
}
