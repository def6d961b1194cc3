//! One poll: from the request to `Live` and the recorder.

use super::Sinks;
use crate::intake::ingest::{CounterSnapshot, Intake, SeriesNames, ingest};
use crate::ops::clock;
use crate::poll::address::Target;
use crate::poll::fetch::{AgentLink, FetchError, Fetcher};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Consecutive polls without a free file descriptor before the computer counts as failed: some seconds.
const SHORT_AT_MOST: u32 = 20;

/// What a computer keeps from one poll to the next. It moves into the poll task and back.
#[derive(Default)]
pub(super) struct PollState {
    pub(super) link: AgentLink,
    /// Whether the last poll failed.
    pub(super) failed: bool,
    /// Consecutive polls for which the system had no file descriptor.
    short: u32,
    counters: Option<CounterSnapshot>,
    names: SeriesNames,
}

/// The result of a poll.
pub(super) struct PollOutcome {
    pub(super) id: i64,
    pub(super) generation: u64,
    pub(super) state: Box<PollState>,
    /// Whether to poll once more before the next turn: after a first failure, or without a file descriptor.
    pub(super) again: bool,
    /// Whether the previous poll failed.
    pub(super) began_failed: bool,
    /// Whether the system had no file descriptor.
    pub(super) was_short: bool,
}

/// One poll of one computer.
pub(super) struct Poll {
    pub(super) id: i64,
    pub(super) generation: u64,
    pub(super) target: Arc<Target>,
    pub(super) fetcher: Fetcher,
    pub(super) sinks: Sinks,
}

impl Poll {
    /// Polls the agent and delivers the result.
    pub(super) async fn run(self, mut state: Box<PollState>) -> PollOutcome {
        let began_failed = state.failed;
        let answer = self.fetcher.fetch(&self.target, &mut state.link).await;
        let now_ms = clock::now_ms();
        let info = answer.and_then(|bytes| muster_wire::parse(&bytes).map_err(FetchError::from));
        let was_short = matches!(info, Err(FetchError::Short));
        state.short = if was_short {
            state.short.saturating_add(1)
        } else {
            0
        };
        let again = match info {
            Ok(mut info) => {
                state.names.limit_series(self.id, &mut info.series, now_ms);
                let previous = state.counters.as_ref();
                let intake = ingest(self.id, now_ms, info, self.near(previous, now_ms));
                state.counters = Some(intake.counters.clone());
                self.deliver(intake);
                state.failed = false;
                false
            }
            // The server is at fault, not the computer. Report it only after a while, so that it is noticed at all.
            Err(FetchError::Short) if state.short < SHORT_AT_MOST => true,
            Err(error) => {
                state.failed = !was_short;
                self.report(&error, now_ms) || was_short
            }
        };
        PollOutcome {
            id: self.id,
            generation: self.generation,
            state,
            again,
            began_failed,
            was_short,
        }
    }

    /// The previous counters, unless the agent stored readings in between. Its own rates then cover the time since
    /// the last of those.
    fn near<'a>(
        &self,
        previous: Option<&'a CounterSnapshot>,
        now_ms: i64,
    ) -> Option<&'a CounterSnapshot> {
        let far_ms = self.interval_ms().saturating_mul(5) / 2;
        let keeps = self.sinks.live.complete_until(self.id).is_some();
        previous.filter(|previous| !keeps || previous.age_ms(now_ms) < far_ms)
    }

    fn interval_ms(&self) -> i64 {
        self.sinks.filler.interval_ms()
    }

    fn deliver(&self, intake: Intake) {
        self.sinks.tally.answered.fetch_add(1, Ordering::Relaxed);
        let (live, filler) = (&self.sinks.live, &self.sinks.filler);
        let sample = intake.sample.clone();
        let news = live.record_answer(self.id, intake, self.interval_ms());
        if news.open {
            filler.request_fill(self.id, &self.target, sample.timestamp_ms);
        }
        self.sinks.recorder.enqueue(Some(sample), news);
    }

    /// Reports a failure, and returns whether to poll once more before the next turn.
    fn report(&self, error: &FetchError, now_ms: i64) -> bool {
        self.sinks.tally.failed.fetch_add(1, Ordering::Relaxed);
        let interval_ms = self.interval_ms();
        let news = self
            .sinks
            .live
            .record_failure(self.id, error, now_ms, interval_ms);
        let again = news.again;
        self.sinks.recorder.enqueue(None, news);
        again
    }
}
