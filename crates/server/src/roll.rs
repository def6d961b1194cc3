//! The roll call: each computer once an interval, spread evenly over it, never two calls of one at once.
//!
//! One loop holds all entries and knows when each is due; a call is a short task that takes the
//! computer's [`Slot`] along and brings it back, so that nothing is locked and nothing is shared.

mod tally;
#[cfg(test)]
mod tests;

pub use tally::Tally;

use crate::clock;
use crate::fetch::{DEADLINE, FetchError, Fetcher, Line};
use crate::fill::Filler;
use crate::ingest::{Intake, Reading, SeriesNames, ingest};
use crate::live::Live;
use crate::phase::phase;
use crate::recorder::Recorder;
use crate::target::Target;
use muster_store::Computer;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tally::BEAT;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

/// A computer that is new on the roll is called at once; many new ones are called at this pace, so that
/// a restart is no burst, up to one interval for all.
const FIRST_CALL_PACE: Duration = Duration::from_millis(3);
/// Two readings closer than this say little of what lies between.
const MIN_APART: Duration = Duration::from_secs(1);

/// Where answers and failures go.
#[derive(Clone)]
pub struct Outlets {
    /// What is shown.
    pub live: Arc<Live>,
    /// What is stored.
    pub recorder: Arc<Recorder>,
    /// What was missed.
    pub filler: Arc<Filler>,
    /// What is counted.
    pub tally: Arc<Tally>,
}

/// What goes along with a call and comes back.
#[derive(Default)]
struct Slot {
    line: Line,
    reading: Option<Reading>,
    names: SeriesNames,
}

struct Entry {
    computer: Computer,
    target: Arc<Target>,
    /// `None` while a call is under way.
    slot: Option<Slot>,
    due: Instant,
    /// When the slot was last taken along.
    called: Instant,
    /// Which of several targets a call under way was for.
    generation: u64,
}

struct Finished {
    id: i64,
    generation: u64,
    slot: Slot,
    /// It failed for the first time, and is called once more before its turn.
    again: bool,
}

/// Who is called when.
pub struct Roll {
    fetcher: Fetcher,
    outlets: Outlets,
    interval: Duration,
    started: Instant,
    entries: HashMap<i64, Entry>,
    queue: BinaryHeap<Reverse<(Instant, i64)>>,
    calls: JoinSet<Finished>,
    generation: u64,
}

impl Roll {
    /// A roll without computers.
    #[must_use]
    pub fn new(fetcher: Fetcher, outlets: Outlets, interval: Duration) -> Self {
        Self {
            fetcher,
            outlets,
            interval,
            started: Instant::now(),
            entries: HashMap::new(),
            queue: BinaryHeap::new(),
            calls: JoinSet::new(),
            generation: 0,
        }
    }

    /// Calls whoever is on the roster, for ever; who drops this ends the calls under way.
    pub async fn call(mut self, mut roster: watch::Receiver<Arc<Vec<Computer>>>) {
        let computers = roster.borrow_and_update().clone();
        self.follow(&computers);
        let mut beat = tokio::time::interval(BEAT);
        loop {
            let due = self.queue.peek().map(|&Reverse((due, _))| due);
            tokio::select! {
                () = until(due) => self.call_due(),
                now = beat.tick() => self.outlets.tally.beat(now),
                Some(finished) = self.calls.join_next() => self.take_back(finished),
                Ok(()) = roster.changed() => {
                    let computers = roster.borrow_and_update().clone();
                    self.follow(&computers);
                }
            }
        }
    }

    fn follow(&mut self, computers: &[Computer]) {
        let polled: Vec<&Computer> = computers
            .iter()
            .filter(|computer| computer.polled)
            .collect();
        let listed: HashSet<i64> = polled.iter().map(|computer| computer.id).collect();
        self.entries.retain(|id, _| listed.contains(id));
        let known = |entries: &HashMap<i64, Entry>, computer: &Computer| {
            entries.get(&computer.id).is_some_and(|entry| {
                entry.computer.url == computer.url
                    && entry.computer.token == computer.token
                    && entry.computer.tls_sha256 == computer.tls_sha256
            })
        };
        let new: Vec<&Computer> = polled
            .into_iter()
            .filter(|computer| !known(&self.entries, computer))
            .collect();
        let pace = self
            .interval
            .min(FIRST_CALL_PACE * u32::try_from(new.len()).unwrap_or(u32::MAX));
        for computer in new {
            self.enrol(computer, pace);
        }
    }

    fn enrol(&mut self, computer: &Computer, first_within: Duration) {
        self.entries.remove(&computer.id);
        let target = match Target::of(computer) {
            Ok(target) => Arc::new(target),
            Err(error) => {
                let news =
                    self.outlets
                        .live
                        .unreachable(computer.id, &error.to_string(), clock::now_ms());
                return self.outlets.recorder.take(None, news);
            }
        };
        self.generation += 1;
        let due = Instant::now() + first_within.mul_f64(phase(computer.id));
        let entry = Entry {
            computer: computer.clone(),
            target,
            slot: Some(Slot::default()),
            due,
            called: due,
            generation: self.generation,
        };
        self.entries.insert(computer.id, entry);
        self.queue.push(Reverse((due, computer.id)));
    }

    fn call_due(&mut self) {
        let now = Instant::now();
        while let Some(&Reverse((due, id))) = self.queue.peek()
            && due <= now
        {
            self.queue.pop();
            self.call_one(id, due, now);
        }
    }

    fn call_one(&mut self, id: i64, due: Instant, now: Instant) {
        let next = self.next_due(id, now);
        // Left the roll, or entered it anew with another time.
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.due == due) else {
            return;
        };
        entry.due = next;
        self.queue.push(Reverse((next, id)));
        // A call ends by its deadline: a slot that is away for longer was lost with a call that failed in
        // itself, and one defect must not silence a computer for ever.
        let lost = now - entry.called > DEADLINE * 2;
        let Some(slot) = entry.slot.take().or_else(|| lost.then(Slot::default)) else {
            self.outlets.tally.skipped.fetch_add(1, Ordering::Relaxed);
            return;
        };
        entry.called = now;
        if now - due > Duration::from_secs(1) {
            self.outlets.tally.late.fetch_add(1, Ordering::Relaxed);
        }
        let call = Call {
            id,
            generation: entry.generation,
            target: entry.target.clone(),
            fetcher: self.fetcher.clone(),
            outlets: self.outlets.clone(),
        };
        self.calls.spawn(call.make(slot));
    }

    /// The computer's next place in the interval, as one that is far enough away.
    fn next_due(&self, id: i64, now: Instant) -> Instant {
        let earliest = now + MIN_APART.min(self.interval).mul_f64(0.9);
        let first = self.started + self.interval.mul_f64(phase(id));
        let elapsed = earliest.saturating_duration_since(first);
        let turns = elapsed.div_duration_f64(self.interval).ceil();
        first + self.interval.mul_f64(turns)
    }

    fn take_back(&mut self, finished: Result<Finished, JoinError>) {
        let finished = match finished {
            Ok(finished) => finished,
            Err(error) => return tracing::error!(%error, "a call of the roll failed in itself"),
        };
        if let Some(entry) = self.entries.get_mut(&finished.id)
            && entry.generation == finished.generation
        {
            entry.slot = Some(finished.slot);
            let soon = Instant::now().max(entry.called + self.interval / 2);
            if finished.again && soon < entry.due {
                entry.due = soon;
                self.queue.push(Reverse((soon, finished.id)));
            }
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

struct Call {
    id: i64,
    generation: u64,
    target: Arc<Target>,
    fetcher: Fetcher,
    outlets: Outlets,
}

impl Call {
    async fn make(self, mut slot: Slot) -> Finished {
        let answer = self.fetcher.fetch(&self.target, &mut slot.line).await;
        let now_ms = clock::now_ms();
        let info = answer.and_then(|bytes| muster_wire::parse(&bytes).map_err(FetchError::from));
        let again = match info {
            Ok(mut info) => {
                slot.names.admit(self.id, &mut info.series, now_ms);
                let previous = slot.reading.as_ref();
                let intake = ingest(self.id, now_ms, info, self.near(previous, now_ms));
                self.deliver(&intake);
                slot.reading = Some(intake.reading);
                false
            }
            Err(error) => self.report(&error, now_ms),
        };
        Finished {
            id: self.id,
            generation: self.generation,
            slot,
            again,
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

    fn deliver(&self, intake: &Intake) {
        self.outlets.tally.answered.fetch_add(1, Ordering::Relaxed);
        let (live, filler) = (&self.outlets.live, &self.outlets.filler);
        let news = live.answered(self.id, intake, self.interval_ms());
        if news.open {
            filler.want(self.id, &self.target, intake.sample.timestamp_ms);
        }
        self.outlets
            .recorder
            .take(Some(intake.sample.clone()), news);
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
