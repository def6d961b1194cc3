//! One call: from the question to what is shown and stored.

use super::Outlets;
use crate::intake::ingest::{Intake, Reading, SeriesNames, ingest};
use crate::ops::clock;
use crate::poll::address::Target;
use crate::poll::fetch::{FetchError, Fetcher, Line};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// So often in turn a call may find no descriptor before it counts as failed: some seconds.
const SHORT_AT_MOST: u32 = 20;

/// What goes along with a call and comes back.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) line: Line,
    /// Whether the last call failed.
    pub(super) failed: bool,
    /// How often in turn the system had no descriptor for a call.
    short: u32,
    reading: Option<Reading>,
    names: SeriesNames,
}

/// How a call ended.
pub(super) struct Finished {
    pub(super) id: i64,
    pub(super) generation: u64,
    pub(super) slot: Box<Slot>,
    /// It failed for the first time, or had no descriptor, and is called once more before its turn.
    pub(super) again: bool,
    /// The call before it failed.
    pub(super) began_failed: bool,
    /// The system had no descriptor for it.
    pub(super) was_short: bool,
}

/// One call of one computer.
pub(super) struct Call {
    pub(super) id: i64,
    pub(super) generation: u64,
    pub(super) target: Arc<Target>,
    pub(super) fetcher: Fetcher,
    pub(super) outlets: Outlets,
}

impl Call {
    /// Asks, and hands on what came.
    pub(super) async fn make(self, mut slot: Box<Slot>) -> Finished {
        let began_failed = slot.failed;
        let answer = self.fetcher.fetch(&self.target, &mut slot.line).await;
        let now_ms = clock::now_ms();
        let info = answer.and_then(|bytes| muster_wire::parse(&bytes).map_err(FetchError::from));
        let was_short = matches!(info, Err(FetchError::Short));
        slot.short = match was_short {
            true => slot.short.saturating_add(1),
            false => 0,
        };
        let again = match info {
            Ok(mut info) => {
                slot.names.admit(self.id, &mut info.series, now_ms);
                let previous = slot.reading.as_ref();
                let intake = ingest(self.id, now_ms, info, self.near(previous, now_ms));
                slot.reading = Some(intake.reading.clone());
                self.deliver(intake);
                slot.failed = false;
                false
            }
            // It is not the computer that failed, unless nobody else tells that it has not been called for long.
            Err(FetchError::Short) if slot.short < SHORT_AT_MOST => true,
            Err(error) => {
                slot.failed = !was_short;
                self.report(&error, now_ms) || was_short
            }
        };
        Finished {
            id: self.id,
            generation: self.generation,
            slot,
            again,
            began_failed,
            was_short,
        }
    }

    /// The reading before, unless others that the agent kept lie between: use and rates are those since the
    /// last of them then, as the agent knows them.
    fn near<'a>(&self, previous: Option<&'a Reading>, now_ms: i64) -> Option<&'a Reading> {
        let far_ms = self.interval_ms().saturating_mul(5) / 2;
        let keeps = self.outlets.live.complete(self.id).is_some();
        previous.filter(|previous| !keeps || previous.age_ms(now_ms) < far_ms)
    }

    fn interval_ms(&self) -> i64 {
        self.outlets.filler.interval_ms()
    }

    fn deliver(&self, intake: Intake) {
        self.outlets.tally.answered.fetch_add(1, Ordering::Relaxed);
        let (live, filler) = (&self.outlets.live, &self.outlets.filler);
        let sample = intake.sample.clone();
        let news = live.answered(self.id, intake, self.interval_ms());
        if news.open {
            filler.want(self.id, &self.target, sample.timestamp_ms);
        }
        self.outlets.recorder.take(Some(sample), news);
    }

    /// Says whether the computer is to be called once more before its turn.
    fn report(&self, error: &FetchError, now_ms: i64) -> bool {
        self.outlets.tally.failed.fetch_add(1, Ordering::Relaxed);
        let interval_ms = self.interval_ms();
        let news = self
            .outlets
            .live
            .failed(self.id, error, now_ms, interval_ms);
        let again = news.again;
        self.outlets.recorder.take(None, news);
        again
    }
}
