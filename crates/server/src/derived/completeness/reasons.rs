//! Why samples are missing: what the server knew at each moment of a gap.

use super::attendance::Open;
use super::intervals::Intervals;
use crate::poll::fetch::DEADLINE;
use muster_store::{Event, EventKind, Reason, Span};

/// A gap with a single reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// In Unix milliseconds.
    pub from_ms: i64,
    pub to_ms: i64,
    /// Why.
    pub reason: Reason,
}

impl Gap {
    pub fn not_yet_added(from_ms: i64, to_ms: i64) -> Self {
        Self {
            from_ms,
            to_ms,
            reason: Reason::NotYetAdded,
        }
    }
}

/// From this moment on, missing samples have this reason; `None` if it is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    at_ms: i64,
    reason: Option<Reason>,
}

/// Merges both kinds of events, oldest first. While the server is not running, nothing else counts.
pub fn merge_events(of_computer: &[Event], of_server: &[Event]) -> Vec<Change> {
    let mut events: Vec<&Event> = of_computer.iter().chain(of_server).collect();
    events.sort_by_key(|event| event.at_ms);
    let (mut absent, mut blind, mut offline) = (false, None, None);
    let change = |event: &Event| {
        match event.kind {
            EventKind::ServerStarted => (absent, blind) = (false, None),
            EventKind::ServerBlind => blind = Some(blind_reason(event)),
            EventKind::ServerSees => blind = None,
            EventKind::Cause => {}
            EventKind::ServerStopped | EventKind::ServerLost => absent = true,
            EventKind::Added | EventKind::Online => offline = None,
            EventKind::Offline => offline = event.reason.clone(),
        }
        let reason = match absent {
            true => Some(Reason::ServerNotRunning),
            // An outage of the computer outweighs a blind server.
            false => offline.clone().or_else(|| blind.clone()),
        };
        Change {
            at_ms: event.at_ms,
            reason,
        }
    };
    events.into_iter().map(change).collect()
}

fn blind_reason(event: &Event) -> Reason {
    event.reason.clone().unwrap_or(Reason::ServerBlind {
        failing: None,
        of: None,
    })
}

/// Like `explain`, but where stored samples are damaged, the damage is the reason.
pub fn explain_gap_with_damage(
    stretch: Open,
    damaged: &[Span],
    changes: &[Change],
    intervals: &Intervals,
    gaps: &mut Vec<Gap>,
) {
    let mut rest = stretch;
    for span in damaged {
        // The time up to the sample next to the damage belongs to it.
        let step_ms = intervals.longest_step_ms(span.first_ms, span.last_ms);
        let from_ms = span.first_ms.saturating_sub(step_ms).max(rest.from_ms);
        let to_ms = span.last_ms.saturating_add(step_ms).min(rest.to_ms);
        if from_ms >= to_ms {
            continue;
        }
        if from_ms > rest.from_ms {
            let before = Open {
                to_ms: from_ms,
                ..rest
            };
            explain_gap(before, changes, intervals, gaps);
        }
        gaps.push(Gap {
            from_ms,
            to_ms,
            reason: Reason::HistoryDamaged,
        });
        rest.from_ms = to_ms;
    }
    if rest.from_ms < rest.to_ms {
        explain_gap(rest, changes, intervals, gaps);
    }
}

/// Adds the gaps of a time without samples: one for each reason, in order, without space between them.
pub fn explain_gap(stretch: Open, changes: &[Change], intervals: &Intervals, gaps: &mut Vec<Gap>) {
    let mut pieces = pieces(stretch, changes);
    adopt_short(&mut pieces, intervals);
    pieces.dedup_by(|next, piece| {
        let same = next.2 == piece.2;
        if same {
            piece.1 = next.1;
        }
        same
    });
    gaps.extend(pieces.into_iter().map(|(from_ms, to_ms, reason)| Gap {
        from_ms,
        to_ms,
        reason: reason.cloned().unwrap_or(Reason::Unknown),
    }));
}

/// From, to, and why.
type Piece<'a> = (i64, i64, Option<&'a Reason>);

fn pieces(stretch: Open, changes: &[Change]) -> Vec<Piece<'_>> {
    let within = changes.partition_point(|change| change.at_ms <= stretch.from_ms);
    let at_first = within.checked_sub(1).map(|last| &changes[last]);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut from_ms = stretch.from_ms;
    let mut reason = at_first.and_then(|change| change.reason.as_ref());
    for change in &changes[within..] {
        if change.at_ms >= stretch.to_ms {
            break;
        }
        if change.at_ms > from_ms {
            pieces.push((from_ms, change.at_ms, reason));
        }
        from_ms = change.at_ms;
        reason = change.reason.as_ref();
    }
    pieces.push((from_ms, stretch.to_ms, reason));
    pieces
}

#[expect(clippy::cast_possible_truncation, reason = "it is some seconds")]
const DEADLINE_MS: i64 = DEADLINE.as_millis() as i64;

/// Between the last answer and the poll that failed, and between a start of the server and its first poll, the
/// reason is unknown: such a time gets the reason that follows, or else the one before. So does a time in which
/// the server was blind, if an outage of the computer follows.
fn adopt_short(pieces: &mut [Piece<'_>], intervals: &Intervals) {
    for index in (0..pieces.len()).rev() {
        let (from_ms, to_ms, reason) = pieces[index];
        let is_known = reason.is_some_and(|reason| !matches!(reason, Reason::ServerBlind { .. }));
        // The poll that failed may have waited for its deadline.
        let longest_ms = intervals.longest_step_ms(from_ms, to_ms) + DEADLINE_MS;
        if is_known || to_ms - from_ms > longest_ms {
            continue;
        }
        let next = pieces.get(index + 1).and_then(|piece| piece.2);
        let before = index.checked_sub(1).and_then(|before| pieces[before].2);
        pieces[index].2 = next.or(reason).or(before);
    }
}
