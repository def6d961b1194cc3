//! Counters and the heartbeat of the roll.

use super::lateness::Lateness;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Interval of the heartbeat, whether or not a computer is due.
pub const HEARTBEAT: Duration = Duration::from_secs(1);
/// A poll that starts later than this counts as late.
const LATE: Duration = Duration::from_secs(1);
/// Without a heartbeat for this long, the roll has stopped.
const STOPPED_AFTER: Duration = Duration::from_secs(30);

/// Polls since the start, and whether the roll is running.
#[derive(Debug)]
pub struct Tally {
    /// Polls that were answered.
    pub answered: AtomicU64,
    /// Polls that failed.
    pub failed: AtomicU64,
    /// Polls that started more than a second late.
    pub late: AtomicU64,
    /// Histogram of how late polls started.
    pub lateness: Lateness,
    /// Polls skipped because the previous one was still in progress.
    pub skipped: AtomicU64,
    beat: watch::Sender<Instant>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            late: AtomicU64::new(0),
            lateness: Lateness::default(),
            skipped: AtomicU64::new(0),
            beat: watch::Sender::new(Instant::now()),
        }
    }
}

impl Tally {
    /// Counts a poll that started this late.
    pub fn record_start(&self, late: Duration) {
        self.lateness.record(late);
        if late > LATE {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Records a heartbeat.
    pub fn record_heartbeat(&self, now: Instant) {
        self.beat.send_replace(now);
    }

    /// Whether there was a heartbeat recently; true just after the start.
    #[must_use]
    pub fn is_running(&self, now: Instant) -> bool {
        now.saturating_duration_since(*self.beat.borrow()) < STOPPED_AFTER
    }

    /// A receiver of every heartbeat.
    #[cfg(test)]
    pub fn heartbeats(&self) -> watch::Receiver<Instant> {
        self.beat.subscribe()
    }
}
