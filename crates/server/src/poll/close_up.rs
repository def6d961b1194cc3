//! Close-ups: polling a computer each second while somebody looks at its page.
//!
//! A close-up is independent of the roll: it has its own connection and computes usage and rates from its own
//! samples. These stay in memory for a minute and are neither stored nor put into `Live`. Each request for them
//! renews the close-up; without requests it ends after some seconds.

mod reader;
mod watched;

pub use watched::{CloseUpStatus, View};

use crate::live::{Latest, Live};
use crate::poll::fetch::Fetcher;
use muster_store::Computer;
use reader::Reader;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use watched::WatchedComputer;

/// Computers watched at the same time. Each costs as much as thirty computers on the roll.
const MAX_WATCHED: usize = 50;

/// Intervals and timeouts of close-ups.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Time from one poll to the next.
    pub interval: Duration,
    /// Time from the last request to the end of the close-up.
    pub idle_timeout: Duration,
    /// An answer that takes longer counts as slow.
    pub slow_after: Duration,
    /// Pause after a slow answer.
    pub slow_pause: Duration,
    /// A computer that has not answered by then counts as down.
    pub timeout: Duration,
    /// Pause after no answer.
    pub down_pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            idle_timeout: Duration::from_secs(15),
            slow_after: Duration::from_millis(500),
            slow_pause: Duration::from_secs(60),
            timeout: Duration::from_secs(3),
            down_pause: Duration::from_secs(5),
        }
    }
}

/// All computers that are being watched.
pub struct CloseUps {
    fetcher: Fetcher,
    live: Arc<Live>,
    roster: watch::Receiver<Arc<Vec<Computer>>>,
    stopping: watch::Receiver<bool>,
    pace: Pace,
    watched: Mutex<HashMap<i64, WatchedComputer>>,
}

impl CloseUps {
    /// Creates the set, with no computer watched.
    #[must_use]
    pub fn new(
        fetcher: Fetcher,
        live: Arc<Live>,
        roster: watch::Receiver<Arc<Vec<Computer>>>,
        stopping: watch::Receiver<bool>,
        pace: Pace,
    ) -> Self {
        Self {
            fetcher,
            live,
            roster,
            stopping,
            pace,
            watched: Mutex::default(),
        }
    }

    /// Returns the samples after `after_ms`, or all of the last minute, and starts or renews the close-up.
    pub fn watch_computer(self: &Arc<Self>, id: i64, after_ms: Option<i64>) -> View {
        let is_old = self
            .live
            .get(id)
            .is_some_and(|latest| is_old(&latest, None));
        let mut watched = self.watched();
        if let Some(computer) = watched
            .get_mut(&id)
            .filter(|computer| computer.has_reader())
        {
            computer.last_asked = Instant::now();
            return computer.view(after_ms);
        }
        if is_old {
            return View::empty(CloseUpStatus::OldAgent);
        }
        // Remove entries whose reader panicked.
        watched.retain(|_, computer| computer.has_reader());
        if watched.len() >= MAX_WATCHED {
            return View::empty(CloseUpStatus::Busy);
        }
        let reader = tokio::spawn(Reader::new(id, self.clone()).run_until_unwatched());
        watched.insert(id, WatchedComputer::new(reader.abort_handle()));
        View::empty(CloseUpStatus::Reading)
    }

    /// How many computers are watched.
    #[cfg(test)]
    fn count(&self) -> usize {
        self.watched().len()
    }

    /// Whether somebody asked recently. If not, the entry is removed under the same lock, so that a computer never
    /// has two readers.
    fn is_watched(&self, id: i64) -> bool {
        let mut watched = self.watched();
        let is_watched = watched
            .get(&id)
            .is_some_and(|computer| computer.last_asked.elapsed() < self.pace.idle_timeout);
        if !is_watched {
            watched.remove(&id);
        }
        is_watched
    }

    fn stop_watching(&self, id: i64) {
        self.watched().remove(&id);
    }

    fn update(&self, id: i64, update: impl FnOnce(&mut WatchedComputer)) {
        if let Some(computer) = self.watched().get_mut(&id) {
            update(computer);
        }
    }

    /// Ignores poisoning: every change is a single step, so a panic cannot leave an entry half-changed.
    fn watched(&self) -> MutexGuard<'_, HashMap<i64, WatchedComputer>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the computer has an agent from before Muster, which takes a second for each answer. The more recent of two
/// findings decides: the roll's, or our own at `found_ms`.
fn is_old(latest: &Latest, found_ms: Option<i64>) -> bool {
    match latest.state.last_seen_ms {
        Some(seen_ms) if found_ms.is_none_or(|found_ms| found_ms < seen_ms) => {
            latest.state.facts.agent_version.is_none()
        }
        _ => found_ms.is_some(),
    }
}

#[cfg(test)]
mod tests;
