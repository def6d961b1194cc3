//! A range of rates while it is being computed.

use super::Counter;
use crate::clock::clocked_rate;
use crate::dense::shifted;
use crate::rate::usual_rates;
use crate::sections::within;
use crate::validity::runs_of_slice;
use crate::{Dense, rate};
use std::ops::Range;

/// The rates of a range that are known so far.
pub(super) struct RateBuilder<'a> {
    range: &'a Range<usize>,
    dense: &'a mut Dense<f64>,
    present: Vec<bool>,
}

impl<'a> RateBuilder<'a> {
    pub(super) fn new(range: &'a Range<usize>, dense: &'a mut Dense<f64>) -> Self {
        dense.make_room(0, range.len());
        Self {
            range,
            dense,
            present: vec![false; range.len()],
        }
    }

    /// Finishes: turns the flags into runs.
    pub(super) fn finish(self) {
        self.dense.push_runs(0, runs_of_slice(&self.present));
    }

    pub(super) fn set_rate(&mut self, entry: usize, rate: Option<f64>) {
        let place = entry.wrapping_sub(self.range.start);
        if let (Some(slot), Some(present)) = (
            self.dense.values.get_mut(place),
            self.present.get_mut(place),
        ) {
            *slot = rate.unwrap_or_default();
            *present = rate.is_some();
        }
    }

    /// Computes a rate from each two adjacent counts.
    pub(super) fn derive(&mut self, counter: Counter) {
        for run in counter.counts.runs() {
            // The run, limited to the counts that are needed for this range.
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

    /// Computes the rates between these counts, the first at index `place`: all at once if possible, otherwise
    /// one by one.
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

    /// Computes a rate for each tick of the range.
    pub(super) fn derive_clocked(&mut self, ticks: &Dense<i64>, counter: Counter) {
        let known = shifted(self.range, counter.first);
        for (place, ticks) in ticks.iter() {
            let at = known.start + place;
            let before = at
                .checked_sub(1)
                .and_then(|before| counter.counts.get(before));
            let rate = before.zip(counter.counts.get(at));
            let rate = rate.and_then(|(before, now)| clocked_rate(before, now, ticks));
            self.set_rate(self.range.start + place, rate);
        }
    }
}
