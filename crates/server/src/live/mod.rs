//! Live state: one record for each computer with its latest values, and the changes since a reader's last query.

mod busiest;
mod cause;
mod changes;
mod condition;
mod disk_full;
mod gap;
mod latest;
mod sight;

pub use cause::{Last, restart};
pub use changes::ChangeCursor;
pub use condition::{LIMITS, Limits};
pub use disk_full::DiskFull;
pub use latest::{Late, Latest};
pub use sight::Blind;

use crate::intake::ingest::Intake;
use crate::poll::fetch::FetchError;
use crate::text::reason_text;
use changes::ChangeLog;
use latest::Failing;
use muster_store::{
    Complete, Computer, ComputerState, Event, EventKind, Process, Reason, Sample, Status,
};
use sight::{FleetCounts, Sight};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What to store of a computer besides its sample; often nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// Its state, if it has to be stored.
    pub state: Option<ComputerState>,
    /// What happened to it, or to the server's sight.
    pub events: Vec<Event>,
    /// Its first poll failed; a second one within the interval decides.
    pub again: bool,
    /// Earlier readings may be missing, and its agent may have kept them.
    pub open: bool,
}

/// The latest values of all computers.
#[derive(Default)]
pub struct Live {
    board: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    computers: BTreeMap<i64, Arc<Latest>>,
    log: ChangeLog,
    counts: FleetCounts,
    sight: Sight,
}

/// What changed since a reader last looked.
#[derive(Debug, Default)]
pub struct Changes {
    /// Computers that were added or changed, as they are now.
    pub changed: Vec<Arc<Latest>>,
    /// Computers that were removed.
    pub removed: Vec<i64>,
    /// Whether the server became blind or can see again.
    pub sight: bool,
    /// The reader missed removals: it has to start over with all computers.
    pub is_reset: bool,
}

impl Live {
    /// Applies the roster: adds, updates and removes computers.
    pub fn apply_roster(&self, roster: &[Computer]) {
        let mut board = self.board();
        let listed: BTreeSet<i64> = roster.iter().map(|computer| computer.id).collect();
        let gone: Vec<i64> = board
            .computers
            .keys()
            .filter(|id| !listed.contains(id))
            .copied()
            .collect();
        for id in gone {
            board.remove(id);
        }
        for computer in roster {
            board.follow(computer);
        }
    }

    /// Restores what was stored before this start.
    pub fn restore(&self, samples: Vec<Sample>, processes: Vec<(i64, Vec<Process>)>) {
        let mut board = self.board();
        for sample in samples {
            board.change(sample.computer_id, |latest| latest.sample = Some(sample));
        }
        for (id, processes) in processes {
            let processes = processes.into_iter().collect();
            board.change(id, |latest| latest.processes = processes);
        }
    }

    /// Records an answer to a poll of a roll with that interval. Returns what to store.
    pub fn record_answer(&self, id: i64, intake: Intake, interval_ms: i64) -> News {
        let now_ms = intake.sample.timestamp_ms;
        let mut news = News::default();
        let mut board = self.board();
        board.change(id, |latest| {
            news.open = latest.follow_history(&intake, interval_ms);
            let cause = cause::find_cause(latest, &intake);
            let was_seen = latest.state.last_seen_ms.is_some();
            news.events = latest.apply_answer(intake, cause);
            let is_back = |event: &Event| event.kind == EventKind::Online;
            if was_seen && news.events.iter().any(is_back) {
                tracing::info!(computer = %latest.name, "computer answers again");
            }
            news.state = take_state_to_store(latest);
        });
        news.events.extend(board.look(now_ms));
        news
    }

    /// Records a failed poll. Returns what to store.
    pub fn record_failure(&self, id: i64, why: &FetchError, now_ms: i64, interval_ms: i64) -> News {
        let mut board = self.board();
        board.change(id, |latest| latest.record_certificate(why));
        let why = why.reason();
        let mut news = News::default();
        match board
            .computers
            .get(&id)
            .map(|latest| latest.failing_since())
        {
            None => {}
            Some(Failing::No) => {
                board.change(id, |latest| latest.be_late(why, now_ms));
                news.again = true;
            }
            Some(Failing::Offline) => board.go_offline(id, why, now_ms, &mut news),
            Some(Failing::Late(since_ms)) => {
                let (offline, told) = board.judge(since_ms, now_ms, interval_ms);
                news.events.extend(told);
                if offline {
                    board.go_offline(id, why, since_ms, &mut news);
                    news.events.extend(board.look(now_ms));
                }
            }
        }
        news
    }

    /// Records that a computer cannot even be polled.
    pub fn record_unpollable(&self, id: i64, why: Reason, now_ms: i64) -> News {
        let mut news = News::default();
        self.board().go_offline(id, why, now_ms, &mut news);
        news
    }

    /// Since when the server is blind; `None` if it is not.
    #[must_use]
    pub fn blind(&self) -> Option<Blind> {
        self.board().sight.blind().cloned()
    }

    /// Up to when the history of a computer is complete.
    #[must_use]
    pub fn complete_until(&self, id: i64) -> Option<Complete> {
        self.board().computers.get(&id)?.state.complete.clone()
    }

    /// Records up to when the history of a computer is filled in.
    pub fn fill_to(&self, id: i64, complete: Complete) {
        if let Some(latest) = self.board().computers.get_mut(&id) {
            Arc::make_mut(latest).state.complete = Some(complete);
        }
    }

    /// Records the end of a backfill; `whole` if nothing is missing any more.
    pub fn end_fill(&self, id: i64, whole: bool) {
        if let Some(latest) = self.board().computers.get_mut(&id) {
            let latest = Arc::make_mut(latest);
            let newest = latest.filling.take();
            if whole && newest.is_some() {
                latest.state.complete = newest;
            }
        }
    }

    /// Records which disk of a computer will be full first.
    pub fn set_disk_full(&self, id: i64, disk_full: Option<DiskFull>) {
        self.board()
            .change(id, |latest| latest.disk_full = disk_full);
    }

    /// The states of all computers seen since their state was last passed on to be stored. Called every few
    /// minutes instead of at each answer: states stored together share database pages.
    #[must_use]
    pub fn take_unstored(&self) -> Vec<ComputerState> {
        let mut unstored = Vec::new();
        for latest in self.board().computers.values_mut() {
            if latest.stored_ms != latest.state.last_seen_ms {
                let latest = Arc::make_mut(latest);
                latest.stored_ms = latest.state.last_seen_ms;
                unstored.push(latest.state.clone());
            }
        }
        unstored
    }

    /// One computer.
    #[must_use]
    pub fn get(&self, id: i64) -> Option<Arc<Latest>> {
        self.board().computers.get(&id).cloned()
    }

    /// All computers, by number.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Latest>> {
        self.board().computers.values().cloned().collect()
    }

    /// What changed since the cursor; moves the cursor to the present. Each reader has its own cursor.
    #[must_use]
    pub fn changes_since(&self, cursor: &mut ChangeCursor) -> Changes {
        let board = self.board();
        let read = board.log.read_since(cursor);
        let computers = read.computers.iter();
        Changes {
            changed: computers
                .filter_map(|id| board.computers.get(id).cloned())
                .collect(),
            removed: read.removed,
            sight: read.sight,
            is_reset: read.is_reset,
        }
    }

    /// A panic while the lock was held leaves whole records behind: each is replaced at once.
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    fn follow(&mut self, computer: &Computer) {
        let same = self.computers.get(&computer.id).is_some_and(|latest| {
            latest.name == computer.name
                && latest.url == computer.url
                && latest.polled == computer.polled
                && latest.tags == computer.tags
                && latest.note == computer.note
                && latest.tls_sha256 == computer.tls_sha256
        });
        if same {
            return;
        }
        let fresh = || {
            Arc::new(Latest {
                id: computer.id,
                state: ComputerState::clone(&computer.state),
                stored_ms: computer.state.last_seen_ms,
                ..Latest::default()
            })
        };
        self.computers.entry(computer.id).or_insert_with(fresh);
        self.change(computer.id, |latest| {
            latest.name.clone_from(&computer.name);
            latest.url.clone_from(&computer.url);
            latest.polled = computer.polled;
            latest.tags.clone_from(&computer.tags);
            latest.note.clone_from(&computer.note);
            latest.tls_sha256.clone_from(&computer.tls_sha256);
        });
    }

    /// A computer that left the roster during its poll stays removed.
    fn change(&mut self, id: i64, change: impl FnOnce(&mut Latest)) {
        if let Some(latest) = self.computers.get_mut(&id) {
            let before = FleetCounts::from_latest(latest);
            change(Arc::make_mut(latest));
            let latest = Arc::make_mut(latest);
            latest.state.assessment = condition::assess(latest);
            self.counts
                .replace(before, FleetCounts::from_latest(latest));
            self.log.record_change(id);
        }
    }

    fn remove(&mut self, id: i64) {
        if let Some(latest) = self.computers.remove(&id) {
            self.counts
                .replace(FleetCounts::from_latest(&latest), FleetCounts::default());
        }
        self.log.record_removal(id);
    }

    fn go_offline(&mut self, id: i64, why: Reason, since_ms: i64, news: &mut News) {
        self.change(id, |latest| {
            latest.late = None;
            let was_online = latest.state.status == Status::Online;
            if was_online {
                tracing::info!(computer = %latest.name, reason = reason_text(&why), "computer is down");
            }
            news.events
                .extend(latest.change_status(Status::Offline, Some(why), since_ms));
            news.state = take_state_to_store(latest);
        });
    }

    /// Whether a computer that failed again is down, and the event of the server, if any.
    fn judge(&mut self, since_ms: i64, now_ms: i64, interval_ms: i64) -> (bool, Option<Event>) {
        let verdict = self
            .sight
            .judge_failure(self.counts, since_ms, now_ms, interval_ms);
        self.record_sight(verdict.1.as_ref());
        verdict
    }

    /// The event of the server after a change, if any.
    fn look(&mut self, now_ms: i64) -> Option<Event> {
        let told = self.sight.update(self.counts, now_ms, false);
        self.record_sight(told.as_ref());
        told
    }

    fn record_sight(&mut self, told: Option<&Event>) {
        if told.is_some() {
            self.log.record_sight();
        }
    }
}

/// The state with the condition that it leads to, if it has to be stored.
fn take_state_to_store(latest: &mut Latest) -> Option<ComputerState> {
    latest.state.assessment = condition::assess(latest);
    latest.state_to_store()
}

#[cfg(test)]
mod tests;
