//! A range of rates while they are computed.

use super::Counter;
use crate::clock::clocked_rate;
use crate::dense::shifted;
use crate::part::Part;
use crate::presence::runs;
use crate::{ChunkError, Dense, rate};
use std::ops::Range;

/// The rates of a range, as far as they are known.
pub(super) struct Found<'a> {
    range: &'a Range<usize>,
    dense: &'a mut Dense<f64>,
    present: Vec<bool>,
}

impl<'a> Found<'a> {
    pub(super) fn new(range: &'a Range<usize>, dense: &'a mut Dense<f64>) -> Self {
        dense.reset(range.len());
        Self {
            range,
            dense,
            present: vec![false; range.len()],
        }
    }

    /// All are known: which are present becomes runs.
    pub(super) fn finish(self) {
        self.dense.runs.extend(runs(self.present.into_iter()));
    }

    pub(super) fn put(&mut self, entry: usize, rate: Option<f64>) {
        let place = entry.wrapping_sub(self.range.start);
        if let (Some(slot), Some(present)) = (
            self.dense.values.get_mut(place),
            self.present.get_mut(place),
        ) {
            *slot = rate.unwrap_or_default();
            *present = rate.is_some();
        }
    }

    /// Each two neighbours of a run of counts make a rate.
    pub(super) fn derive(&mut self, counter: Counter) {
        for run in counter.counts.runs() {
            let run = run.entries();
            let times = counter.times.get(run.clone()).unwrap_or_default();
            let counts = counter.counts.part(run.clone());
            let pairs = times.windows(2).zip(counts.windows(2));
            for (entry, (times, counts)) in (counter.first + run.start + 1..).zip(pairs) {
                self.put(entry, rate(times[0], counts[0], times[1], counts[1]));
            }
        }
    }

    pub(super) fn derive_clocked(
        &mut self,
        clock: &mut Part<i64>,
        counter: Counter,
    ) -> Result<(), ChunkError> {
        let mut ticks = Dense::default();
        clock.fill(self.range, &mut ticks)?;
        let known = shifted(self.range, counter.first);
        for (place, ticks) in ticks.iter() {
            let at = known.start + place;
            let before = at
                .checked_sub(1)
                .and_then(|before| counter.counts.get(before));
            let rate = before.zip(counter.counts.get(at));
            let rate = rate.and_then(|(before, now)| clocked_rate(before, now, ticks));
            self.put(self.range.start + place, rate);
        }
        Ok(())
    }
}
