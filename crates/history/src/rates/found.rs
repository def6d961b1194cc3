//! A range of rates while they are computed.

use super::Counter;
use crate::clock::clocked_rate;
use crate::dense::shifted;
use crate::presence::runs_of;
use crate::rate::usual_rates;
use crate::sections::within;
use crate::{Dense, rate};
use std::ops::Range;

/// The rates of a range, as far as they are known.
pub(super) struct Found<'a> {
    range: &'a Range<usize>,
    dense: &'a mut Dense<f64>,
    present: Vec<bool>,
}

impl<'a> Found<'a> {
    pub(super) fn new(range: &'a Range<usize>, dense: &'a mut Dense<f64>) -> Self {
        dense.begin(0, range.len());
        Self {
            range,
            dense,
            present: vec![false; range.len()],
        }
    }

    /// All are known: which are present becomes runs.
    pub(super) fn finish(self) {
        self.dense.push_runs(0, runs_of(&self.present));
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
            // Where the two stand that make the first and the last rate of this run within the range.
            let known = shifted(self.range, counter.first);
            let run = within(&run.entries(), &(known.start.saturating_sub(1)..known.end));
            if run.len() > 1 {
                let times = counter.times.get(run.clone()).unwrap_or_default();
                let counts = counter.counts.part(run.clone());
                self.derive_run(
                    counter.first + run.start + 1 - self.range.start,
                    times,
                    counts,
                );
            }
        }
    }

    /// The rates between these, of which the first lies at `place`: all at once, and then one by one
    /// where that was not enough.
    fn derive_run(&mut self, place: usize, times: &[i64], counts: &[i64]) {
        let places = place..place + counts.len().saturating_sub(1);
        let (Some(rates), Some(present)) = (
            self.dense.values.get_mut(places.clone()),
            self.present.get_mut(places),
        ) else {
            return;
        };
        if usual_rates(times, counts, rates) {
            present.fill(true);
            return;
        }
        let pairs = times.windows(2).zip(counts.windows(2));
        for ((slot, present), (times, counts)) in rates.iter_mut().zip(present).zip(pairs) {
            let rate = rate(times[0], counts[0], times[1], counts[1]);
            *present = rate.is_some();
            *slot = rate.unwrap_or_default();
        }
    }

    /// A rate for each tick of the range.
    pub(super) fn derive_clocked(&mut self, ticks: &Dense<i64>, counter: Counter) {
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
    }
}
