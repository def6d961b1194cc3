//! How complete a history is: what was expected of a span, what of it is there, and why the rest is not.
//!
//! Samples are read a stretch of time at a time, so that memory stays small whatever the span. What they
//! leave open, and its reasons, are computed by pure functions in the files below.

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

/// Samples are read for so long a time at once.
const STRETCH_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Gaps that are told of, at most: the longest.
const MAX_GAPS: usize = 1_000;
/// Events that are looked at, at most: the newest. What lies before them has no reason then.
const MAX_EVENTS: u32 = 100_000;

/// Of which span.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// To before this moment.
    pub to_ms: i64,
    /// Nothing is expected of what is still to come.
    pub now_ms: i64,
    /// The interval that is in force now.
    pub interval_ms: i64,
}

/// How complete a span is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Samples that should be there.
    pub expected: u64,
    /// Samples that are, and count towards these.
    pub present: u64,
    /// Stretches without a sample, oldest first, without overlap.
    pub gaps: Vec<Gap>,
    /// Shorter gaps that were left out.
    pub gaps_left_out: usize,
    /// When it did not answer, oldest first; samples of that time may have been filled in.
    pub outages: Vec<Outage>,
}

/// Of one computer.
///
/// # Errors
/// What the database said.
pub async fn completeness(
    store: &dyn Store,
    latest: &Latest,
    asked: Asked,
) -> Result<Completeness> {
    let span = store.span(latest.id).await?;
    let first_event_ms = store.first_event_ms(latest.id).await?;
    let Asked { from_ms, to_ms, .. } = asked;
    let events = async |id| store.events(id, from_ms, to_ms, MAX_EVENTS).await;
    let known = Known {
        start_ms: earliest(first_event_ms, span.map(|span| span.first_ms)),
        end_ms: end_ms(latest, span, asked),
        of_computer: events(Some(latest.id)).await?,
        of_server: events(None).await?,
    };
    let mut attendance = known.attendance(asked, called_until_ms(latest, span, asked));
    if let Some(span) = span {
        attend(store, latest.id, span, &mut attendance).await?;
        add_unwritten(latest, span, &mut attendance);
    }
    // After all moments were read: what that came upon is among it.
    let damaged = store.damaged(latest.id, from_ms, to_ms);
    Ok(known.conclude(attendance, asked, &damaged))
}

/// Reads the moments of all samples that matter.
async fn attend(store: &dyn Store, id: i64, span: Span, attendance: &mut Attendance) -> Result<()> {
    let mut from_ms = attendance.look_from_ms().max(span.first_ms);
    let end_ms = attendance.look_to_ms().min(span.last_ms.saturating_add(1));
    while from_ms < end_ms {
        let to_ms = end_ms.min(from_ms.saturating_add(STRETCH_MS));
        for moment_ms in store.moments(id, from_ms, to_ms).await? {
            attendance.add(moment_ms);
        }
        from_ms = to_ms;
    }
    Ok(())
}

/// The latest sample was received, though it may not be written for a second: what lies before it is no gap
/// yet because of that.
fn add_unwritten(latest: &Latest, span: Span, attendance: &mut Attendance) {
    let newest_ms = latest.sample.as_ref().map(|sample| sample.timestamp_ms);
    let unwritten = newest_ms
        .filter(|moment_ms| *moment_ms > span.last_ms && *moment_ms < attendance.look_to_ms());
    if let Some(moment_ms) = unwritten {
        attendance.add(moment_ms);
    }
}

/// What is known beside the samples.
struct Known {
    /// When the computer was added, or first known.
    start_ms: Option<i64>,
    /// Nothing is expected from here on.
    end_ms: i64,
    of_computer: Vec<Event>,
    of_server: Vec<Event>,
}

impl Known {
    fn intervals(&self, asked: Asked) -> Intervals {
        Intervals::of(&self.of_server, asked.interval_ms)
    }

    /// Where the computer's time begins within the span; before it nothing was expected.
    fn begin_ms(&self, asked: Asked) -> i64 {
        let start_ms = self.start_ms.unwrap_or(self.end_ms);
        start_ms.min(self.end_ms).max(asked.from_ms)
    }

    fn attendance(&self, asked: Asked, until_ms: i64) -> Attendance {
        let start_ms = self.start_ms.unwrap_or(self.end_ms);
        let intervals = self.intervals(asked);
        let begin_ms = self.begin_ms(asked);
        Attendance::new(begin_ms, self.end_ms, until_ms, start_ms, intervals)
    }

    fn conclude(&self, attendance: Attendance, asked: Asked, damaged: &[Span]) -> Completeness {
        let begin_ms = self.begin_ms(asked);
        let intervals = self.intervals(asked);
        let (present, open) = attendance.finish();
        let before =
            (begin_ms > asked.from_ms).then(|| Gap::not_yet_added(asked.from_ms, begin_ms));
        let changes = reasons::changes(&self.of_computer, &self.of_server);
        let mut gaps: Vec<Gap> = before.into_iter().collect();
        for stretch in open {
            reasons::explain_beside(stretch, damaged, &changes, &intervals, &mut gaps);
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

/// Nothing is expected of the future, nor of a computer that is not called any more.
fn end_ms(latest: &Latest, span: Option<Span>, asked: Asked) -> i64 {
    let until_ms = called_until_ms(latest, span, asked);
    asked.to_ms.min(until_ms).max(asked.from_ms)
}

/// Until when the computer was called.
fn called_until_ms(latest: &Latest, span: Option<Span>, asked: Asked) -> i64 {
    match span {
        Some(span) if !latest.polled => asked.now_ms.min(span.last_ms + 1),
        _ => asked.now_ms,
    }
}

fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

/// Says how many were left out.
fn keep_longest(gaps: &mut Vec<Gap>) -> usize {
    let left_out = gaps.len().saturating_sub(MAX_GAPS);
    if left_out > 0 {
        gaps.sort_by_key(|gap| gap.from_ms - gap.to_ms);
        gaps.truncate(MAX_GAPS);
        gaps.sort_by_key(|gap| gap.from_ms);
    }
    left_out
}
