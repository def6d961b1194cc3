//! What is kept of a computer that somebody looks at: the readings of the last minute.

use muster_store::{Process, Sample};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// Readings that are kept: those of the last minute,
const KEPT_MS: i64 = 60_000;
/// and no more than that, should the clock be set back.
const KEPT: usize = 60;

/// How a computer lets itself be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Each second, or it is about to be.
    Reading,
    /// Not at all, since so many others are.
    Busy,
    /// Too slowly: it is left alone for a while.
    Slow,
    /// It does not answer; it is asked again, with pauses.
    Silent,
    /// By an agent of before Muster, whose every answer takes a second: it is not asked.
    OldAgent,
}

impl Sight {
    /// The word in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Busy => "busy",
            Self::Slow => "slow",
            Self::Silent => "silent",
            Self::OldAgent => "old_agent",
        }
    }
}

/// What somebody sees who looks.
#[derive(Clone, Debug)]
pub struct View {
    /// How the computer lets itself be read.
    pub sight: Sight,
    /// What was read, oldest first.
    pub samples: Vec<Arc<Sample>>,
    /// The processes of the newest reading.
    pub processes: Option<Arc<Vec<Process>>>,
    /// When the newest reading arrived.
    pub newest_ms: Option<i64>,
}

impl View {
    /// Nothing was read.
    pub fn empty(sight: Sight) -> Self {
        Self {
            sight,
            samples: Vec::new(),
            processes: None,
            newest_ms: None,
        }
    }
}

/// A computer that somebody looks at.
pub struct Place {
    /// When somebody last did.
    pub asked: Instant,
    /// How it lets itself be read.
    pub sight: Sight,
    samples: VecDeque<Arc<Sample>>,
    processes: Option<Arc<Vec<Process>>>,
    reader: AbortHandle,
}

impl Place {
    /// Nothing was read yet.
    pub fn new(reader: AbortHandle) -> Self {
        Self {
            asked: Instant::now(),
            sight: Sight::Reading,
            samples: VecDeque::new(),
            processes: None,
            reader,
        }
    }

    /// Whether its reader is there.
    pub fn is_read(&self) -> bool {
        !self.reader.is_finished()
    }

    /// Takes a reading.
    pub fn take(&mut self, sample: Sample, processes: Option<Vec<Process>>) {
        let oldest_ms = sample.timestamp_ms - KEPT_MS;
        let is_old = |kept: &Arc<Sample>| kept.timestamp_ms < oldest_ms;
        while self.samples.len() >= KEPT || self.samples.front().is_some_and(is_old) {
            self.samples.pop_front();
        }
        self.samples.push_back(Arc::new(sample));
        self.processes = processes.map(Arc::new);
    }

    /// Forgets what was read: it was another computer.
    pub fn forget(&mut self) {
        self.samples.clear();
        self.processes = None;
        self.sight = Sight::Reading;
    }

    /// What was read after a moment, or all that is kept.
    pub fn view(&self, after_ms: Option<i64>) -> View {
        let is_wanted =
            |sample: &&Arc<Sample>| after_ms.is_none_or(|after_ms| sample.timestamp_ms > after_ms);
        View {
            sight: self.sight,
            samples: self.samples.iter().filter(is_wanted).cloned().collect(),
            processes: self.processes.clone(),
            newest_ms: self.samples.back().map(|sample| sample.timestamp_ms),
        }
    }
}
