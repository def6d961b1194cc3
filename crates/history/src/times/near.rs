//! Where a moment lies among times that were not decoded.

use super::Times;
use std::ops::Range;

impl Times<'_> {
    /// The entries among which is the first at or after a moment: it is not before them, and if all of
    /// them are earlier, it is the one that follows. Where there are none, it is known already.
    pub(crate) fn near(&self, moment_ms: i64) -> Range<usize> {
        let begun = self.firsts.partition_point(|&first| first < moment_ms);
        let Some(section) = begun.checked_sub(1) else {
            return 0..0;
        };
        let span = self.sections.span(section);
        if begun == self.firsts.len() && self.last < Some(moment_ms) {
            return span.end..span.end;
        }
        let narrow = self.narrow(section, span.len(), moment_ms);
        let narrow = narrow.unwrap_or(1..span.len());
        span.start + narrow.start..span.start + narrow.end
    }

    /// As `near` within a section of this length that began before the moment. Computers answer at
    /// steady steps with some jitter, of which it is known how large it can be: unless there was a gap,
    /// it is far smaller than a step, and few moments are so near to a time that it must be decoded.
    fn narrow(&self, section: usize, length: usize, moment_ms: i64) -> Option<Range<usize>> {
        let (least, greatest) = self.jitter?;
        let first = *self.firsts.get(section)?;
        let end = self.firsts.get(section + 1).copied().or(self.last)?;
        let entries = i64::try_from(length).ok().filter(|_| self.step > 0)?;
        // Steps and jitter are added modulo 2^64, and mean what they say where nothing reaches so far.
        end.checked_sub(first)?;
        let steps = self.step.checked_mul(entries)?;
        steps.checked_add(greatest)?;
        steps.checked_add(least.checked_abs()?)?;
        let offset = moment_ms.checked_sub(first)?;
        let earlier = |jitter| {
            let steps = steps_to(offset.checked_sub(jitter)?, self.step);
            usize::try_from(steps.clamp(1, entries)).ok()
        };
        Some(earlier(greatest)?..earlier(least)?)
    }

    /// A moment that is not later than this entry, nor than those after it.
    pub(crate) fn bound(&self, entry: usize) -> Option<i64> {
        let section = self.sections.covering(&(entry..entry + 1)).start;
        self.firsts.get(section).copied()
    }
}

/// How many steps, from none on, begin before this offset.
fn steps_to(offset: i64, step: i64) -> i64 {
    offset.div_euclid(step) + i64::from(offset.rem_euclid(step) != 0)
}
