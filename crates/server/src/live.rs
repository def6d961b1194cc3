//! What is live: one record a computer, the latest of everything, and what changed since last asked.

use crate::fetch::FetchError;
use crate::forecast::DiskFull;
use crate::ingest::{Glance, Intake};
use crate::target::Fingerprint;
use muster_store::{Computer, ComputerState, Event, EventKind, Process, Sample, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Characters of the reason why a computer is offline, at most.
const MAX_REASON: usize = 300;

/// The latest of one computer. Its token is not in it, so that nothing that shows it can tell.
#[derive(Clone, Debug, Default)]
pub struct Latest {
    /// The computer's number.
    pub id: i64,
    /// The name that people gave it.
    pub name: String,
    /// Where its agent answers.
    pub url: String,
    /// Whether it is called at all.
    pub polled: bool,
    /// By what people group it.
    pub tags: Vec<String>,
    /// What people say of it.
    pub note: String,
    /// The certificate that its agent must show, where it is pinned.
    pub tls_sha256: Option<String>,
    /// The certificate that its agent shows, where that is why it is not asked.
    pub tls_sha256_found: Option<String>,
    /// Whether it answers, and what it says of itself.
    pub state: ComputerState,
    /// Its latest sample.
    pub sample: Option<Sample>,
    /// Numbers of the latest answer beside the sample.
    pub glance: Glance,
    /// The processes of the latest answer.
    pub processes: Vec<Process>,
    /// Which of its disks will be full first, where one will be soon.
    pub disk_full: Option<DiskFull>,
    /// The `last_seen` that was last handed on to be stored.
    stored_ms: Option<i64>,
}

/// What is to be stored of a computer beside its sample; often nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// Its state, where that is due.
    pub state: Option<ComputerState>,
    /// What happened to it, where something did.
    pub event: Option<Event>,
}

/// The latest of all computers.
#[derive(Default)]
pub struct Live {
    board: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    computers: BTreeMap<i64, Arc<Latest>>,
    changed: BTreeSet<i64>,
}

/// What changed since the changes were last taken.
#[derive(Debug, Default)]
pub struct Changes {
    /// Computers that are there, as they are now.
    pub changed: Vec<Arc<Latest>>,
    /// Computers that are gone.
    pub removed: Vec<i64>,
}

impl Live {
    /// Follows the roster: who is new on it, who changed, who is gone.
    pub fn follow(&self, roster: &[Computer]) {
        let mut board = self.board();
        let listed: BTreeSet<i64> = roster.iter().map(|computer| computer.id).collect();
        let gone: Vec<i64> = board
            .computers
            .keys()
            .filter(|id| !listed.contains(id))
            .copied()
            .collect();
        for id in gone {
            board.computers.remove(&id);
            board.changed.insert(id);
        }
        for computer in roster {
            board.follow(computer);
        }
    }

    /// Puts in what was stored before this start.
    pub fn restore(&self, samples: Vec<Sample>, processes: Vec<(i64, Vec<Process>)>) {
        let mut board = self.board();
        for sample in samples {
            board.change(sample.computer_id, |latest| latest.sample = Some(sample));
        }
        for (id, processes) in processes {
            board.change(id, |latest| latest.processes = processes);
        }
    }

    /// A computer answered. What comes back is to be stored.
    pub fn answered(&self, id: i64, intake: &Intake) -> News {
        let now_ms = intake.sample.timestamp_ms;
        let mut news = News::default();
        self.board().change(id, |latest| {
            let before = latest.state.clone();
            latest.sample = Some(intake.sample.clone());
            latest.glance = intake.glance.clone();
            if let Some(processes) = &intake.processes {
                latest.processes.clone_from(processes);
            }
            latest.state.facts.clone_from(&intake.facts);
            latest.state.last_seen_ms = Some(now_ms);
            latest.tls_sha256_found = None;
            news.event = latest.turn(Status::Online, None, now_ms);
            news.state = latest.state_to_store(&before);
        });
        news
    }

    /// A computer did not answer. What comes back is to be stored.
    pub fn failed(&self, id: i64, why: &FetchError, now_ms: i64) -> News {
        self.refused(id, &why.to_string(), why.certificate(), now_ms)
    }

    /// A computer cannot even be asked, or was not answered, for a reason in words.
    pub fn unreachable(&self, id: i64, why: &str, now_ms: i64) -> News {
        self.refused(id, why, None, now_ms)
    }

    fn refused(&self, id: i64, why: &str, found: Option<Fingerprint>, now_ms: i64) -> News {
        let mut news = News::default();
        // Some of it comes from the other end of a connection.
        let why: String = why.chars().take(MAX_REASON).collect();
        self.board().change(id, |latest| {
            let before = latest.state.clone();
            latest.tls_sha256_found = found.map(|found| found.to_string());
            news.event = latest.turn(Status::Offline, Some(&why), now_ms);
            news.state = latest.state_to_store(&before);
        });
        news
    }

    /// It became known which disk of a computer will be full first.
    pub fn expect_full(&self, id: i64, disk_full: Option<DiskFull>) {
        self.board()
            .change(id, |latest| latest.disk_full = disk_full);
    }

    /// The states of all that were seen since their state was last handed on to be stored. Asked for once
    /// a minute and not at each answer: states stored together share the pages that they are written to.
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

    /// What changed since this was last called.
    #[must_use]
    pub fn take_changes(&self) -> Changes {
        let mut board = self.board();
        let mut changes = Changes::default();
        for id in std::mem::take(&mut board.changed) {
            match board.computers.get(&id) {
                Some(latest) => changes.changed.push(latest.clone()),
                None => changes.removed.push(id),
            }
        }
        changes
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
                state: computer.state.clone(),
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

    /// A computer that left the roster while it was asked stays gone.
    fn change(&mut self, id: i64, change: impl FnOnce(&mut Latest)) {
        if let Some(latest) = self.computers.get_mut(&id) {
            change(Arc::make_mut(latest));
            self.changed.insert(id);
        }
    }
}

impl Latest {
    /// What comes back is an event where it turned, or went on being offline for another reason.
    fn turn(&mut self, status: Status, reason: Option<&str>, now_ms: i64) -> Option<Event> {
        let turned = self.state.status != status || self.state.since_ms.is_none();
        if turned {
            self.state.since_ms = Some(now_ms);
        }
        self.state.status = status;
        let other_reason = self.state.reason.as_deref() != reason;
        if other_reason {
            self.state.reason = reason.map(str::to_owned);
        }
        let kind = match status {
            Status::Online => EventKind::Online,
            Status::Offline => EventKind::Offline,
        };
        (turned || other_reason).then(|| Event {
            computer_id: Some(self.id),
            at_ms: now_ms,
            kind,
            detail: reason.map(str::to_owned),
            interval_ms: None,
        })
    }

    /// The state, where more of it changed than when the computer was last seen.
    fn state_to_store(&mut self, before: &ComputerState) -> Option<ComputerState> {
        let last_seen_ms = self.state.last_seen_ms;
        let told = ComputerState {
            last_seen_ms,
            ..before.clone()
        };
        if told == self.state {
            return None;
        }
        self.stored_ms = last_seen_ms;
        Some(self.state.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::ingest;
    use muster_wire::SystemInfo;

    fn live() -> Live {
        let live = Live::default();
        live.follow(&[computer(1, "one"), computer(2, "two")]);
        let _ = live.take_changes();
        live
    }

    fn computer(id: i64, name: &str) -> Computer {
        Computer {
            id,
            name: name.into(),
            url: "http://box".into(),
            token: "secret".into(),
            polled: true,
            tags: Vec::new(),
            note: String::new(),
            tls_sha256: None,
            state: ComputerState {
                id,
                ..ComputerState::default()
            },
        }
    }

    fn intake(now_ms: i64) -> Intake {
        ingest(1, now_ms, SystemInfo::default(), None)
    }

    #[test]
    fn tells_what_changed_once() {
        let live = live();
        live.answered(1, &intake(5));
        assert_eq!(live.take_changes().changed[0].id, 1);
        assert!(live.take_changes().changed.is_empty());
    }

    #[test]
    fn follows_the_roster() {
        let live = live();
        live.follow(&[computer(2, "zwei"), computer(3, "three")]);
        let changes = live.take_changes();
        assert_eq!(changes.removed, [1]);
        let names: Vec<&str> = changes.changed.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["zwei", "three"]);
        assert_eq!(live.answered(1, &intake(5)), News::default());
        assert!(live.get(1).is_none());
    }

    #[test]
    fn hands_a_state_on_when_it_changes_and_last_seen_when_asked() {
        let live = live();
        assert!(live.answered(1, &intake(1_000)).state.is_some());
        assert!(live.answered(1, &intake(31_000)).state.is_none());
        assert_eq!(live.take_unstored()[0].last_seen_ms, Some(31_000));
        assert!(live.take_unstored().is_empty());
        assert!(live.failed(1, &FetchError::Refused, 91_000).state.is_some());
        assert!(
            live.failed(1, &FetchError::Refused, 121_000)
                .state
                .is_none()
        );
        assert!(
            live.failed(1, &FetchError::NoRoute, 151_000)
                .state
                .is_some()
        );
        assert!(live.take_unstored().is_empty());
        let state = live.get(1).unwrap().state.clone();
        assert_eq!(
            (state.since_ms, state.last_seen_ms),
            (Some(91_000), Some(31_000))
        );
        assert_eq!(state.reason.as_deref(), Some("no route to the computer"));
    }

    #[test]
    fn an_event_tells_of_each_turn_and_of_each_other_reason() {
        let live = live();
        let told = [
            live.answered(1, &intake(1_000)),
            live.answered(1, &intake(2_000)),
            live.failed(1, &FetchError::Refused, 3_000),
            live.failed(1, &FetchError::Refused, 4_000),
            live.failed(1, &FetchError::NoRoute, 5_000),
            live.answered(1, &intake(6_000)),
        ];
        let events = told.iter().filter_map(|news| news.event.as_ref());
        let told: Vec<_> = events
            .map(|event| (event.kind, event.at_ms, event.detail.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (EventKind::Online, 1_000, None),
                (EventKind::Offline, 3_000, Some("connection refused")),
                (EventKind::Offline, 5_000, Some("no route to the computer")),
                (EventKind::Online, 6_000, None),
            ]
        );
    }
}
