//! The buffer of a watched computer: its samples of the last minute.

use muster_store::{Process, Sample};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How long samples are kept.
const KEPT_MS: i64 = 60_000;
/// How many samples are kept, in case the clock is set back.
const KEPT: usize = 60;

/// The state of a close-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseUpStatus {
    /// It is polled each second, or is about to be.
    Reading,
    /// It is not polled, since too many other computers are.
    Busy,
    /// It answered too slowly and is left alone for a while.
    Slow,
    /// It does not answer; it is polled again after a pause.
    Down,
    /// Its agent is from before Muster and takes a second for each answer, so it is not polled.
    OldAgent,
}

impl CloseUpStatus {
    /// The word in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Busy => "busy",
            Self::Slow => "slow",
            Self::Down => "silent",
            Self::OldAgent => "old_agent",
        }
    }
}

/// A snapshot of the buffer for one request.
#[derive(Clone, Debug)]
pub struct View {
    /// The state of the close-up.
    pub status: CloseUpStatus,
    /// The samples, oldest first.
    pub samples: Vec<Arc<Sample>>,
    /// The processes of the newest sample.
    pub processes: Option<Arc<Vec<Process>>>,
    /// When the newest sample arrived.
    pub newest_ms: Option<i64>,
}

impl View {
    /// A view without samples.
    pub fn empty(status: CloseUpStatus) -> Self {
        Self {
            status,
            samples: Vec::new(),
            processes: None,
            newest_ms: None,
        }
    }
}

/// A computer that is being watched.
pub struct WatchedComputer {
    /// When its readings were last requested.
    pub last_asked: Instant,
    /// The state of the close-up.
    pub status: CloseUpStatus,
    samples: VecDeque<Arc<Sample>>,
    processes: Option<Arc<Vec<Process>>>,
    reader: AbortHandle,
}

impl WatchedComputer {
    /// Creates an empty buffer.
    pub fn new(reader: AbortHandle) -> Self {
        Self {
            last_asked: Instant::now(),
            status: CloseUpStatus::Reading,
            samples: VecDeque::new(),
            processes: None,
            reader,
        }
    }

    /// Whether its reader task still runs.
    pub fn has_reader(&self) -> bool {
        !self.reader.is_finished()
    }

    /// Adds a sample and drops the ones that are too old.
    pub fn add_sample(&mut self, sample: Sample, processes: Option<Vec<Process>>) {
        let oldest_ms = sample.timestamp_ms - KEPT_MS;
        let is_old = |kept: &Arc<Sample>| kept.timestamp_ms < oldest_ms;
        while self.samples.len() >= KEPT || self.samples.front().is_some_and(is_old) {
            self.samples.pop_front();
        }
        self.samples.push_back(Arc::new(sample));
        self.processes = processes.map(Arc::new);
    }

    /// Drops all samples: the address now leads to another computer.
    pub fn clear(&mut self) {
        self.samples.clear();
        self.processes = None;
        self.status = CloseUpStatus::Reading;
    }

    /// The samples after `after_ms`, or all of them.
    pub fn view(&self, after_ms: Option<i64>) -> View {
        let is_wanted =
            |sample: &&Arc<Sample>| after_ms.is_none_or(|after_ms| sample.timestamp_ms > after_ms);
        View {
            status: self.status,
            samples: self.samples.iter().filter(is_wanted).cloned().collect(),
            processes: self.processes.clone(),
            newest_ms: self.samples.back().map(|sample| sample.timestamp_ms),
        }
    }
}
