//! Finds a moment among times that are not decoded.

use super::Times;
use std::ops::Range;

impl Times<'_> {
    /// The entries that may be the first at or after a moment; if all of them are earlier, it is the one that
    /// follows. An empty range means that its position is already known.
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

    /// Like `near`, within a section of this length that begins before the moment. Computers answer at steady
    /// steps with some jitter, whose bounds are known. Without a gap the jitter is far smaller than a step, so
    /// few moments are so close to a time that it must be decoded.
    fn narrow(&self, section: usize, length: usize, moment_ms: i64) -> Option<Range<usize>> {
        let (least, greatest) = self.jitter?;
        let first = *self.firsts.get(section)?;
        let end = self.firsts.get(section + 1).copied().or(self.last)?;
        let entries = i64::try_from(length).ok().filter(|_| self.step > 0)?;
        // Steps and jitter are added modulo 2^64; the bounds only hold if nothing overflows.
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

    /// A lower bound for the times from this entry on.
    pub(crate) fn bound(&self, entry: usize) -> Option<i64> {
        let section = self.sections.covering(&(entry..entry + 1)).start;
        self.firsts.get(section).copied()
    }
}

/// The number of steps that begin before this offset.
fn steps_to(offset: i64, step: i64) -> i64 {
    offset.div_euclid(step) + i64::from(offset.rem_euclid(step) != 0)
}
