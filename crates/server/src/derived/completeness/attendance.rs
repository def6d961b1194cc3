//! Which samples of a span are there, and the gaps between them.

use super::intervals::Intervals;

/// A time without a sample, from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    pub from_ms: i64,
    pub to_ms: i64,
}

/// Receives the times of samples, oldest first.
///
/// It also looks at samples slightly outside the span: whether time at its edge is a gap depends on how far away
/// the next sample is.
#[derive(Debug)]
pub struct Attendance {
    from_ms: i64,
    to_ms: i64,
    look_from_ms: i64,
    look_to_ms: i64,
    intervals: Intervals,
    last_ms: i64,
    counted_ms: Option<i64>,
    present: u64,
    open: Vec<Open>,
}

impl Attendance {
    /// For `from_ms <= moment < to_ms`. No sample can be missing before `start_ms` or after `now_ms`.
    pub fn new(from_ms: i64, to_ms: i64, now_ms: i64, start_ms: i64, intervals: Intervals) -> Self {
        let reach_ms = intervals.reach_ms() + 1;
        let look_from_ms = from_ms.saturating_sub(reach_ms).max(start_ms).min(from_ms);
        Self {
            from_ms,
            to_ms,
            look_from_ms,
            look_to_ms: to_ms.saturating_add(reach_ms).min(now_ms).max(to_ms),
            intervals,
            last_ms: look_from_ms,
            counted_ms: None,
            present: 0,
            open: Vec::new(),
        }
    }

    /// Samples matter from this moment on.
    pub fn look_from_ms(&self) -> i64 {
        self.look_from_ms
    }

    /// Samples matter before this moment.
    pub fn look_to_ms(&self) -> i64 {
        self.look_to_ms
    }

    /// Adds the next sample.
    pub fn add_sample(&mut self, moment_ms: i64) {
        self.step_to(moment_ms);
        if !(self.from_ms..self.to_ms).contains(&moment_ms) {
            return;
        }
        // Two samples close together, as two collectors left them, do not make up for a missing one.
        let apart_ms = self.intervals.interval_at(moment_ms) / 2;
        if self
            .counted_ms
            .is_none_or(|counted_ms| moment_ms - counted_ms >= apart_ms)
        {
            self.counted_ms = Some(moment_ms);
            self.present += 1;
        }
    }

    /// How many samples there are, and the gaps.
    pub fn finish(mut self) -> (u64, Vec<Open>) {
        self.step_to(self.look_to_ms);
        (self.present, self.open)
    }

    fn step_to(&mut self, moment_ms: i64) {
        let before_ms = std::mem::replace(&mut self.last_ms, moment_ms);
        if moment_ms - before_ms <= self.intervals.longest_step_ms(before_ms, moment_ms) {
            return;
        }
        let (from_ms, to_ms) = (before_ms.max(self.from_ms), moment_ms.min(self.to_ms));
        if from_ms < to_ms {
            self.open.push(Open { from_ms, to_ms });
        }
    }
}
