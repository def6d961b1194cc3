//! Whether computers are down or the server cannot reach them.
//!
//! If many computers that answered fail at once, the cause is what they share: the server's own network. Then none
//! of them counts as down, and the server records a single event.

use super::latest::Latest;
use crate::text::reason_text;
use muster_store::{Event, EventKind, Reason, Status};

/// With fewer computers the server never counts as blind.
const LEAST: usize = 5;
/// More than this share of the computers must fail at once, in per cent.
const SHARE_PERCENT: usize = 30;
/// If other computers answer, those that fail for this many intervals are down after all.
const PATIENCE_IN_INTERVALS: i64 = 4;

/// How many computers that were answering are polled, and how many of them fail now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FleetCounts {
    /// Polled and online.
    pub online: usize,
    /// How many of these failed their last poll.
    pub late: usize,
}

impl FleetCounts {
    /// What one computer adds to the counts.
    pub fn from_latest(latest: &Latest) -> Self {
        let online = latest.polled && latest.state.status == Status::Online;
        Self {
            online: usize::from(online),
            late: usize::from(online && latest.late.is_some()),
        }
    }

    /// Replaces what one computer adds to the counts.
    pub fn replace(&mut self, before: Self, now: Self) {
        self.online = self.online + now.online - before.online;
        self.late = self.late + now.late - before.late;
    }

    fn fail_at_once(self) -> bool {
        self.online >= LEAST && self.late * 100 > self.online * SHARE_PERCENT
    }
}

/// Whether the server can see its computers.
#[derive(Debug, Default)]
pub struct Sight {
    blind: Option<Blind>,
}

/// A time in which the server is blind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blind {
    /// Since when, in Unix milliseconds.
    pub since_ms: i64,
    /// How many failed at once when that was found.
    pub failing: usize,
    /// How many had been answering.
    pub of: usize,
}

impl Sight {
    /// Since when the server is blind, and with which counts; `None` if it is not.
    pub fn blind(&self) -> Option<&Blind> {
        self.blind.as_ref()
    }

    /// A computer failed again: whether it is down, and the event of the server, if any.
    ///
    /// `failing_since_ms` is when that computer first failed.
    pub fn judge_failure(
        &mut self,
        counts: FleetCounts,
        failing_since_ms: i64,
        now_ms: i64,
        interval_ms: i64,
    ) -> (bool, Option<Event>) {
        let told = self.update(counts, now_ms, true);
        let Some(blind) = &self.blind else {
            return (true, told);
        };
        let others_answer = counts.late < counts.online;
        let patience_ms = interval_ms.saturating_mul(PATIENCE_IN_INTERVALS);
        let is_gone = now_ms - failing_since_ms.max(blind.since_ms) > patience_ms;
        (others_answer && is_gone, told)
    }

    /// Updates the state after a change of the counts, and returns the server's event, if any.
    pub fn update(&mut self, counts: FleetCounts, now_ms: i64, may_begin: bool) -> Option<Event> {
        match (&self.blind, counts.fail_at_once()) {
            (None, true) if may_begin => {
                let blind = Blind {
                    since_ms: now_ms,
                    failing: counts.late,
                    of: counts.online,
                };
                let reason = Reason::ServerBlind {
                    failing: Some(blind.failing as u64),
                    of: Some(blind.of as u64),
                };
                tracing::warn!("{}: none of them counts as down", reason_text(&reason));
                self.blind = Some(blind);
                Some(event(EventKind::ServerBlind, now_ms, Some(reason)))
            }
            (Some(_), false) => {
                self.blind = None;
                tracing::info!("this server can see its computers again");
                Some(event(EventKind::ServerSees, now_ms, None))
            }
            _ => None,
        }
    }
}

fn event(kind: EventKind, at_ms: i64, reason: Option<Reason>) -> Event {
    Event {
        computer_id: None,
        at_ms,
        kind,
        reason,
        interval_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL_MS: i64 = 30_000;

    fn counts(late: usize, online: usize) -> FleetCounts {
        FleetCounts { online, late }
    }

    #[test]
    fn few_failures_do_not_make_the_server_blind() {
        for (late, online) in [(1, 1), (4, 4), (1, 5), (3, 10), (30, 100)] {
            let mut sight = Sight::default();
            let (offline, told) = sight.judge_failure(counts(late, online), 0, 1_000, INTERVAL_MS);
            assert!(offline && told.is_none(), "{late} of {online}");
        }
    }

    #[test]
    fn many_simultaneous_failures_make_the_server_blind_once() {
        for (late, online) in [(2, 5), (4, 10), (31, 100), (10, 10)] {
            let mut sight = Sight::default();
            let (offline, told) = sight.judge_failure(counts(late, online), 0, 1_000, INTERVAL_MS);
            assert!(!offline, "{late} of {online}");
            assert_eq!(told.unwrap().kind, EventKind::ServerBlind);
            let (offline, told) = sight.judge_failure(counts(late, online), 0, 2_000, INTERVAL_MS);
            assert!(!offline && told.is_none());
            let told = sight.update(counts(0, online), 3_000, false);
            assert_eq!(told.unwrap().kind, EventKind::ServerSees);
            assert!(sight.blind().is_none());
        }
    }

    #[test]
    fn computers_that_keep_failing_are_down_once_others_answer() {
        let mut sight = Sight::default();
        let _ = sight.judge_failure(counts(4, 10), 0, 0, INTERVAL_MS);
        let (offline, _) = sight.judge_failure(counts(4, 10), 0, 119_000, INTERVAL_MS);
        assert!(!offline);
        let (offline, _) = sight.judge_failure(counts(4, 10), 0, 121_000, INTERVAL_MS);
        assert!(offline);
        let mut sight = Sight::default();
        let _ = sight.judge_failure(counts(10, 10), 0, 0, INTERVAL_MS);
        let (offline, _) = sight.judge_failure(counts(10, 10), 0, 9_999_000, INTERVAL_MS);
        assert!(!offline, "nobody answers: the server still cannot see");
    }
}
