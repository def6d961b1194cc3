//! How complete a history is: how many samples a span should have, how many it has, and why the rest is missing.
//!
//! Samples are read in chunks of time, so that memory use does not depend on the length of the span. Pure functions
//! in the files below compute the gaps and their reasons.

mod attendance;
mod intervals;
mod outages;
mod reasons;
#[cfg(test)]
mod tests;

pub use outages::Outage;
pub use reasons::Gap;

use crate::live::Latest;
use attendance::Attendance;
use intervals::Intervals;
use muster_store::{Event, Result, Span, Store};

/// Samples of this much time are read at once.
const STRETCH_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Maximum number of gaps in an answer: the longest.
const MAX_GAPS: usize = 1_000;
/// Maximum number of events read: the newest. Gaps before them have no reason.
const MAX_EVENTS: u32 = 100_000;

/// The span to check.
#[derive(Clone, Copy, Debug)]
pub struct CompletenessQuery {
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// To this moment, exclusive.
    pub to_ms: i64,
    /// The present; no samples are expected after it.
    pub now_ms: i64,
    /// The interval that applies now.
    pub interval_ms: i64,
}

/// How complete a span is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Samples that should be there.
    pub expected: u64,
    /// Samples that are there, of those expected.
    pub present: u64,
    /// Gaps, oldest first, without overlap.
    pub gaps: Vec<Gap>,
    /// Shorter gaps that were left out.
    pub gaps_left_out: usize,
    /// Outages, oldest first; samples of that time may have been filled in.
    pub outages: Vec<Outage>,
}

/// How complete the history of one computer is.
///
/// # Errors
/// If the database fails.
pub async fn completeness(
    store: &dyn Store,
    latest: &Latest,
    asked: CompletenessQuery,
) -> Result<Completeness> {
    let span = store.span(latest.id).await?;
    let first_event_ms = store.first_event_ms(latest.id).await?;
    let CompletenessQuery { from_ms, to_ms, .. } = asked;
    let events = async |id| store.events(id, from_ms, to_ms, MAX_EVENTS).await;
    let known = Known {
        start_ms: earliest(first_event_ms, span.map(|span| span.first_ms)),
        end_ms: end_ms(latest, span, asked),
        of_computer: events(Some(latest.id)).await?,
        of_server: events(None).await?,
    };
    let mut attendance = known.attendance(asked, polled_until_ms(latest, span, asked));
    if let Some(span) = span {
        attend(store, latest.id, span, &mut attendance).await?;
        add_unwritten(latest, span, &mut attendance);
    }
    // Read after all samples, because reading them may discover damage.
    let damaged = store.damaged(latest.id, from_ms, to_ms);
    Ok(known.conclude(attendance, asked, &damaged))
}

/// Reads the times of all samples that matter.
async fn attend(store: &dyn Store, id: i64, span: Span, attendance: &mut Attendance) -> Result<()> {
    let mut from_ms = attendance.look_from_ms().max(span.first_ms);
    let end_ms = attendance.look_to_ms().min(span.last_ms.saturating_add(1));
    while from_ms < end_ms {
        let to_ms = end_ms.min(from_ms.saturating_add(STRETCH_MS));
        for moment_ms in store.moments(id, from_ms, to_ms).await? {
            attendance.add_sample(moment_ms);
        }
        from_ms = to_ms;
    }
    Ok(())
}

/// Adds the latest sample, which may not be written for another second: the time before it is not a gap just
/// because of that.
fn add_unwritten(latest: &Latest, span: Span, attendance: &mut Attendance) {
    let newest_ms = latest.sample.as_ref().map(|sample| sample.timestamp_ms);
    let unwritten = newest_ms
        .filter(|moment_ms| *moment_ms > span.last_ms && *moment_ms < attendance.look_to_ms());
    if let Some(moment_ms) = unwritten {
        attendance.add_sample(moment_ms);
    }
}

/// What is known besides the samples.
struct Known {
    /// When the computer was added or first known.
    start_ms: Option<i64>,
    /// No samples are expected from here on.
    end_ms: i64,
    of_computer: Vec<Event>,
    of_server: Vec<Event>,
}

impl Known {
    fn intervals(&self, asked: CompletenessQuery) -> Intervals {
        Intervals::from_events(&self.of_server, asked.interval_ms)
    }

    /// The later of the start of the span and the time when the computer was added.
    fn begin_ms(&self, asked: CompletenessQuery) -> i64 {
        let start_ms = self.start_ms.unwrap_or(self.end_ms);
        start_ms.min(self.end_ms).max(asked.from_ms)
    }

    fn attendance(&self, asked: CompletenessQuery, until_ms: i64) -> Attendance {
        let start_ms = self.start_ms.unwrap_or(self.end_ms);
        let intervals = self.intervals(asked);
        let begin_ms = self.begin_ms(asked);
        Attendance::new(begin_ms, self.end_ms, until_ms, start_ms, intervals)
    }

    fn conclude(
        &self,
        attendance: Attendance,
        asked: CompletenessQuery,
        damaged: &[Span],
    ) -> Completeness {
        let begin_ms = self.begin_ms(asked);
        let intervals = self.intervals(asked);
        let (present, open) = attendance.finish();
        let before =
            (begin_ms > asked.from_ms).then(|| Gap::not_yet_added(asked.from_ms, begin_ms));
        let changes = reasons::merge_events(&self.of_computer, &self.of_server);
        let mut gaps: Vec<Gap> = before.into_iter().collect();
        for stretch in open {
            reasons::explain_gap_with_damage(stretch, damaged, &changes, &intervals, &mut gaps);
        }
        let gaps_left_out = keep_longest(&mut gaps);
        Completeness {
            expected: intervals.expected(begin_ms, self.end_ms),
            present,
            gaps,
            gaps_left_out,
            outages: outages::outages(&self.of_computer, &self.of_server, asked),
        }
    }
}

/// No samples are expected in the future or from a computer that is no longer polled.
fn end_ms(latest: &Latest, span: Option<Span>, asked: CompletenessQuery) -> i64 {
    let until_ms = polled_until_ms(latest, span, asked);
    asked.to_ms.min(until_ms).max(asked.from_ms)
}

/// Until when the computer was polled.
fn polled_until_ms(latest: &Latest, span: Option<Span>, asked: CompletenessQuery) -> i64 {
    match span {
        Some(span) if !latest.polled => asked.now_ms.min(span.last_ms + 1),
        _ => asked.now_ms,
    }
}

fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

/// Keeps the longest gaps and returns how many were left out.
fn keep_longest(gaps: &mut Vec<Gap>) -> usize {
    let left_out = gaps.len().saturating_sub(MAX_GAPS);
    if left_out > 0 {
        gaps.sort_by_key(|gap| gap.from_ms - gap.to_ms);
        gaps.truncate(MAX_GAPS);
        gaps.sort_by_key(|gap| gap.from_ms);
    }
    left_out
}
