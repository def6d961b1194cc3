//! The roll: polls each computer once per interval, spread evenly, never two polls of one computer at once.
//!
//! One loop owns all entries and knows when each is due. A poll is a short task that takes the computer's
//! [`PollState`] with it and returns it, so nothing is locked or shared.

mod connection_budget;
mod lateness;
mod poll;
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
use connection_budget::ConnectionBudget;
use muster_store::Computer;
use poll::{Poll, PollOutcome, PollState};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tally::HEARTBEAT;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use waiting::Waiting;

/// First polls of new computers are spread over this time per computer, up to one interval, so that a restart causes
/// no burst.
const FIRST_POLL_PACE: Duration = Duration::from_millis(1);
/// Computers due within this time are polled together, since waking the thread for each of them costs more than the
/// poll itself.
const TICK: Duration = Duration::from_millis(100);
/// Ticks per interval, at least: a short interval has shorter ticks.
const LEAST_TICKS: u32 = 100;
/// How soon a poll that found no free file descriptor is retried.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// Minimum time between two polls of a computer: rates over less time are too noisy.
const MIN_APART: Duration = Duration::from_secs(1);

/// Where the results of polls go.
#[derive(Clone)]
pub struct Sinks {
    /// The latest state of every computer.
    pub live: Arc<Live>,
    /// Writes to the store.
    pub recorder: Arc<Recorder>,
    /// Fetches samples that were missed.
    pub filler: Arc<Filler>,
    /// Counts polls.
    pub tally: Arc<Tally>,
}

struct Entry {
    target: Arc<Target>,
    /// `None` while a poll is in progress.
    state: Option<Box<PollState>>,
    due: Instant,
    /// When the last poll started.
    last_polled: Instant,
    /// Increases when the target changes, so that the result of a poll of the old target is ignored.
    generation: u64,
    /// Whether its poll waits for a connection.
    waits: bool,
}

/// The schedule of all polls.
pub struct Roll {
    fetcher: Fetcher,
    sinks: Sinks,
    interval: Duration,
    started: Instant,
    /// The last roster that was applied.
    roster: Arc<Vec<Computer>>,
    entries: HashMap<i64, Entry>,
    queue: BinaryHeap<Reverse<(Instant, i64)>>,
    polls: JoinSet<PollOutcome>,
    generation: u64,
    budget: ConnectionBudget,
    /// Polls that wait for a connection: of computers that answered last time, and of those that failed.
    waiting: [VecDeque<Waiting>; 2],
    /// When the shortage of file descriptors was last logged.
    shortage_logged: Option<Instant>,
    limit_logged: bool,
}

impl Roll {
    /// Creates a roll without computers.
    #[must_use]
    pub fn new(fetcher: Fetcher, sinks: Sinks, interval: Duration) -> Self {
        Self {
            fetcher,
            sinks,
            interval,
            started: Instant::now(),
            roster: Arc::default(),
            entries: HashMap::new(),
            queue: BinaryHeap::new(),
            polls: JoinSet::new(),
            generation: 0,
            budget: ConnectionBudget::with_max(usize::MAX),
            waiting: Default::default(),
            shortage_logged: None,
            limit_logged: false,
        }
    }

    /// Limits the connections that are open at once.
    #[must_use]
    pub fn with_max_connections(self, connections: usize) -> Self {
        Self {
            budget: ConnectionBudget::with_max(connections),
            ..self
        }
    }

    /// Polls the computers on the roster. Dropping the future cancels all polls in progress.
    pub async fn run_forever(mut self, mut roster: watch::Receiver<Arc<Vec<Computer>>>) {
        let computers = roster.borrow_and_update().clone();
        self.apply_roster(computers);
        let mut beat = tokio::time::interval(HEARTBEAT);
        loop {
            let due = self.queue.peek().map(|&Reverse((due, _))| self.tick(due));
            tokio::select! {
                () = until(due) => self.poll_due(),
                now = beat.tick() => {
                    self.sinks.tally.record_heartbeat(now);
                    self.budget.grow();
                }
                Some(outcome) = self.polls.join_next() => self.take_back(outcome),
                Ok(()) = roster.changed() => {
                    let computers = roster.borrow_and_update().clone();
                    self.apply_roster(computers);
                }
            }
        }
    }

    fn apply_roster(&mut self, roster: Arc<Vec<Computer>>) {
        let before = std::mem::replace(&mut self.roster, roster.clone());
        let before: HashMap<i64, &Computer> = before.iter().map(|one| (one.id, one)).collect();
        let polled = || roster.iter().filter(|computer| computer.polled);
        let listed: HashSet<i64> = polled().map(|computer| computer.id).collect();
        let budget = &mut self.budget;
        self.entries.retain(|id, entry| {
            let stays = listed.contains(id);
            if !stays {
                budget.release(entry.due, *id);
            }
            stays
        });
        let is_new = |computer: &&Computer| {
            let before = before.get(&computer.id);
            !before.is_some_and(|before| {
                self.entries.contains_key(&computer.id) && has_same_target(before, computer)
            })
        };
        let new: Vec<&Computer> = polled().filter(is_new).collect();
        let pace = self
            .interval
            .min(FIRST_POLL_PACE * u32::try_from(new.len()).unwrap_or(u32::MAX));
        for computer in new {
            self.enrol(computer, pace);
        }
        self.log_connection_limit();
    }

    fn enrol(&mut self, computer: &Computer, first_within: Duration) {
        if let Some(before) = self.entries.remove(&computer.id) {
            self.budget.release(before.due, computer.id);
        }
        let target = match Target::from_computer(computer) {
            Ok(target) => Arc::new(target),
            Err(error) => {
                let news =
                    self.sinks
                        .live
                        .record_unpollable(computer.id, error.reason(), clock::now_ms());
                return self.sinks.recorder.enqueue(None, news);
            }
        };
        self.generation += 1;
        let due = Instant::now() + first_within.mul_f64(phase(computer.id));
        let entry = Entry {
            target,
            state: Some(Box::default()),
            due,
            last_polled: due,
            generation: self.generation,
            waits: false,
        };
        self.entries.insert(computer.id, entry);
        self.queue.push(Reverse((due, computer.id)));
    }

    /// The end of the tick that contains `due`. Ticks are the same in every interval, so a computer that is due every
    /// 30 s is polled every 30 s.
    fn tick(&self, due: Instant) -> Instant {
        let tick = TICK.min(self.interval / LEAST_TICKS);
        let since = due.saturating_duration_since(self.started);
        self.started + tick.mul_f64(since.div_duration_f64(tick).ceil())
    }

    fn poll_due(&mut self) {
        let now = Instant::now();
        while let Some(&Reverse((due, id))) = self.queue.peek()
            && due <= now
        {
            self.queue.pop();
            self.poll_one(id, due, now);
        }
    }

    fn poll_one(&mut self, id: i64, due: Instant, now: Instant) {
        let next = self.next_due(id, now);
        // The computer was removed, or was added again with another due time.
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.due == due) else {
            return;
        };
        self.budget.release(due, id);
        entry.due = next;
        self.queue.push(Reverse((next, id)));
        // A poll ends by its deadline. A state that is away for longer was lost in a panic; replace it, so that the
        // bug does not stop all further polls of this computer.
        let lost = now - entry.last_polled > DEADLINE * 2;
        if lost && entry.state.is_none() {
            entry.state = Some(Box::default());
        }
        let (true, Some(state)) = (!entry.waits, &entry.state) else {
            self.sinks.tally.skipped.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let (is_open, failed) = (state.link.is_open(), state.failed);
        if is_open || self.make_room(failed) {
            return self.begin(id, due, now);
        }
        self.wait_for_room(id, due, failed);
    }

    fn begin(&mut self, id: i64, due: Instant, now: Instant) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        let Some(state) = entry.state.take() else {
            return;
        };
        entry.last_polled = now;
        self.budget.start_poll(state.failed);
        self.sinks.tally.record_start(now - due);
        let poll = Poll {
            id,
            generation: entry.generation,
            target: entry.target.clone(),
            fetcher: self.fetcher.clone(),
            sinks: self.sinks.clone(),
        };
        self.polls.spawn(poll.run(state));
    }

    /// When the computer is due next, not too soon after `now`.
    fn next_due(&self, id: i64, now: Instant) -> Instant {
        let earliest = now + MIN_APART.min(self.interval).mul_f64(0.9);
        let first = self.started + self.interval.mul_f64(phase(id));
        let elapsed = earliest.saturating_duration_since(first);
        let turns = elapsed.div_duration_f64(self.interval).ceil();
        first + self.interval.mul_f64(turns)
    }

    fn take_back(&mut self, outcome: Result<PollOutcome, JoinError>) {
        let mut outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                self.budget.end_poll(false);
                return tracing::error!(%error, "poll task panicked");
            }
        };
        self.budget.end_poll(outcome.began_failed);
        if outcome.was_short {
            self.shrink_budget();
        }
        if let Some(entry) = self.entries.get_mut(&outcome.id)
            && entry.generation == outcome.generation
        {
            let now = Instant::now();
            let soon = if outcome.was_short {
                now + AGAIN_AFTER.min(self.interval / 4)
            } else {
                now.max(entry.last_polled + self.interval / 2)
            };
            if outcome.again && soon < entry.due {
                entry.due = soon;
                self.queue.push(Reverse((soon, outcome.id)));
            }
            let link = &mut outcome.state.link;
            if link.is_open() && !self.budget.keep_open(entry.due, outcome.id) {
                link.close();
            }
            entry.state = Some(outcome.state);
        }
        self.poll_waiting();
    }
}

fn has_same_target(one: &Computer, other: &Computer) -> bool {
    one.url == other.url && one.token == other.token && one.tls_sha256 == other.tls_sha256
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
