//! The roll call: each computer once an interval, spread evenly over it, never two calls of one at once.
//!
//! One loop holds all entries and knows when each is due; a call is a short task that takes the
//! computer's [`Slot`] along and brings it back, so that nothing is locked and nothing is shared.

mod call;
mod lateness;
mod sockets;
mod tally;
#[cfg(test)]
mod tests;
mod thread;
mod waiting;

pub use lateness::BOUNDS_S;
pub use tally::Tally;
pub use thread::RollThread;

use crate::live::Live;
use crate::ops::clock;
use crate::poll::address::Target;
use crate::poll::fetch::{DEADLINE, Fetcher};
use crate::poll::fill::Filler;
use crate::poll::phase::phase;
use crate::upkeep::recorder::Recorder;
use call::{Call, Finished, Slot};
use muster_store::Computer;
use sockets::Sockets;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tally::BEAT;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use waiting::Waiting;

/// A computer that is new on the roll is called at once; many new ones are called at this pace, so that
/// a restart is no burst, up to one interval for all.
const FIRST_CALL_PACE: Duration = Duration::from_millis(1);
/// Who is due within this time is called together, since a thread that is woken for each of them does little else.
const TICK: Duration = Duration::from_millis(100);
/// Ticks of an interval, at least: of a short one each is shorter.
const LEAST_TICKS: u32 = 100;
/// After the system had no descriptor for a call, it is made again.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
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

struct Entry {
    target: Arc<Target>,
    /// `None` while a call is under way.
    slot: Option<Box<Slot>>,
    due: Instant,
    /// When the slot was last taken along.
    called: Instant,
    /// Which of several targets a call under way was for.
    generation: u64,
    /// Whether its call waits for room.
    waits: bool,
}

/// Who is called when.
pub struct Roll {
    fetcher: Fetcher,
    outlets: Outlets,
    interval: Duration,
    started: Instant,
    /// The roster as it was last followed.
    roster: Arc<Vec<Computer>>,
    entries: HashMap<i64, Entry>,
    queue: BinaryHeap<Reverse<(Instant, i64)>>,
    calls: JoinSet<Finished>,
    generation: u64,
    sockets: Sockets,
    /// Of computers that answered last time, and of those that failed.
    waiting: [VecDeque<Waiting>; 2],
    /// When it was last said that there are not enough descriptors.
    complained: Option<Instant>,
    told_of_room: bool,
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
            roster: Arc::default(),
            entries: HashMap::new(),
            queue: BinaryHeap::new(),
            calls: JoinSet::new(),
            generation: 0,
            sockets: Sockets::within(usize::MAX),
            waiting: Default::default(),
            complained: None,
            told_of_room: false,
        }
    }

    /// One that has so many connections open at once.
    #[must_use]
    pub fn opening(self, connections: usize) -> Self {
        Self {
            sockets: Sockets::within(connections),
            ..self
        }
    }

    /// Calls whoever is on the roster, for ever; who drops this ends the calls under way.
    pub async fn call(mut self, mut roster: watch::Receiver<Arc<Vec<Computer>>>) {
        let computers = roster.borrow_and_update().clone();
        self.follow(computers);
        let mut beat = tokio::time::interval(BEAT);
        loop {
            let due = self.queue.peek().map(|&Reverse((due, _))| self.tick(due));
            tokio::select! {
                () = until(due) => self.call_due(),
                now = beat.tick() => {
                    self.outlets.tally.beat(now);
                    self.sockets.grow();
                }
                Some(finished) = self.calls.join_next() => self.take_back(finished),
                Ok(()) = roster.changed() => {
                    let computers = roster.borrow_and_update().clone();
                    self.follow(computers);
                }
            }
        }
    }

    fn follow(&mut self, roster: Arc<Vec<Computer>>) {
        let before = std::mem::replace(&mut self.roster, roster.clone());
        let before: HashMap<i64, &Computer> = before.iter().map(|one| (one.id, one)).collect();
        let polled = || roster.iter().filter(|computer| computer.polled);
        let listed: HashSet<i64> = polled().map(|computer| computer.id).collect();
        let sockets = &mut self.sockets;
        self.entries.retain(|id, entry| {
            let stays = listed.contains(id);
            if !stays {
                sockets.release(entry.due, *id);
            }
            stays
        });
        let is_new = |computer: &&Computer| {
            let before = before.get(&computer.id);
            !before.is_some_and(|before| {
                self.entries.contains_key(&computer.id) && is_asked_alike(before, computer)
            })
        };
        let new: Vec<&Computer> = polled().filter(is_new).collect();
        let pace = self
            .interval
            .min(FIRST_CALL_PACE * u32::try_from(new.len()).unwrap_or(u32::MAX));
        for computer in new {
            self.enrol(computer, pace);
        }
        self.tell_of_room();
    }

    fn enrol(&mut self, computer: &Computer, first_within: Duration) {
        if let Some(before) = self.entries.remove(&computer.id) {
            self.sockets.release(before.due, computer.id);
        }
        let target = match Target::of(computer) {
            Ok(target) => Arc::new(target),
            Err(error) => {
                let news =
                    self.outlets
                        .live
                        .unreachable(computer.id, error.reason(), clock::now_ms());
                return self.outlets.recorder.take(None, news);
            }
        };
        self.generation += 1;
        let due = Instant::now() + first_within.mul_f64(phase(computer.id));
        let entry = Entry {
            target,
            slot: Some(Box::default()),
            due,
            called: due,
            generation: self.generation,
            waits: false,
        };
        self.entries.insert(computer.id, entry);
        self.queue.push(Reverse((due, computer.id)));
    }

    /// The end of the tick in which that moment lies: the same one of each interval, so that who is called
    /// each 30 s is called each 30 s.
    fn tick(&self, due: Instant) -> Instant {
        let tick = TICK.min(self.interval / LEAST_TICKS);
        let since = due.saturating_duration_since(self.started);
        self.started + tick.mul_f64(since.div_duration_f64(tick).ceil())
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
        self.sockets.release(due, id);
        entry.due = next;
        self.queue.push(Reverse((next, id)));
        // A call ends by its deadline: a slot that is away for longer was lost with a call that failed in
        // itself, and one defect must not silence a computer for ever.
        let lost = now - entry.called > DEADLINE * 2;
        if lost && entry.slot.is_none() {
            entry.slot = Some(Box::default());
        }
        let (true, Some(slot)) = (!entry.waits, &entry.slot) else {
            self.outlets.tally.skipped.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let (is_open, failed) = (slot.line.is_open(), slot.failed);
        if is_open || self.make_room(failed) {
            return self.begin(id, due, now);
        }
        self.wait_for_room(id, due, failed);
    }

    fn begin(&mut self, id: i64, due: Instant, now: Instant) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        let Some(slot) = entry.slot.take() else {
            return;
        };
        entry.called = now;
        self.sockets.begin(slot.failed);
        self.outlets.tally.call(now - due);
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
        let mut finished = match finished {
            Ok(finished) => finished,
            Err(error) => {
                self.sockets.end(false);
                return tracing::error!(%error, "a call of the roll failed in itself");
            }
        };
        self.sockets.end(finished.began_failed);
        if finished.was_short {
            self.give_way();
        }
        if let Some(entry) = self.entries.get_mut(&finished.id)
            && entry.generation == finished.generation
        {
            let now = Instant::now();
            let soon = match finished.was_short {
                true => now + AGAIN_AFTER.min(self.interval / 4),
                false => now.max(entry.called + self.interval / 2),
            };
            if finished.again && soon < entry.due {
                entry.due = soon;
                self.queue.push(Reverse((soon, finished.id)));
            }
            let line = &mut finished.slot.line;
            if line.is_open() && !self.sockets.keep(entry.due, finished.id) {
                line.close();
            }
            entry.slot = Some(finished.slot);
        }
        self.call_waiting();
    }
}

fn is_asked_alike(one: &Computer, other: &Computer) -> bool {
    one.url == other.url && one.token == other.token && one.tls_sha256 == other.tls_sha256
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
