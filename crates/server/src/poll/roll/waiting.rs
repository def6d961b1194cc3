//! Polls that wait for a connection because the limit is reached.

use super::Roll;
use super::connection_budget::Admission;
use std::time::Duration;
use tokio::time::Instant;

const LOG_AGAIN_AFTER: Duration = Duration::from_secs(600);

/// A poll that is due and waits for a connection.
pub(super) struct Waiting {
    id: i64,
    generation: u64,
    due: Instant,
}

impl Roll {
    /// Whether one more connection may be opened; closes an idle one if necessary.
    pub(super) fn make_room(&mut self, failed: bool) -> bool {
        match self.budget.admit(failed) {
            Admission::Allowed => true,
            Admission::Denied => false,
            Admission::EvictFirst(id) => {
                let entry = self.entries.get_mut(&id);
                if let Some(state) = entry.and_then(|entry| entry.state.as_mut()) {
                    state.link.close();
                }
                true
            }
        }
    }

    /// Starts waiting polls, those of computers that answered last time first.
    pub(super) fn poll_waiting(&mut self) {
        for failed in [false, true] {
            while let Some(waiting) = self.waiting[usize::from(failed)].pop_front() {
                let entry = self.entries.get_mut(&waiting.id);
                let Some(entry) = entry.filter(|entry| entry.generation == waiting.generation)
                else {
                    continue;
                };
                entry.waits = false;
                if !self.make_room(failed) {
                    if let Some(entry) = self.entries.get_mut(&waiting.id) {
                        entry.waits = true;
                    }
                    self.waiting[usize::from(failed)].push_front(waiting);
                    break;
                }
                self.begin(waiting.id, waiting.due, Instant::now());
            }
        }
    }

    pub(super) fn wait_for_room(&mut self, id: i64, due: Instant, failed: bool) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.waits = true;
            let generation = entry.generation;
            self.waiting[usize::from(failed)].push_back(Waiting {
                id,
                generation,
                due,
            });
        }
    }

    /// Logged once: polls are not late because of it, but reconnecting costs CPU.
    pub(super) fn log_connection_limit(&mut self) {
        let (computers, max_open) = (self.entries.len(), self.budget.may_open());
        if computers > max_open && !self.limit_logged {
            self.limit_logged = true;
            tracing::info!(
                computers,
                connections = max_open,
                "more computers than connections that may stay open: some polls open a new connection each time; \
                 more open files (ulimit -n, or LimitNOFILE in systemd) avoid that"
            );
        }
    }

    /// Lowers the limit after the system had no file descriptor left.
    pub(super) fn shrink_budget(&mut self) {
        self.budget.shrink();
        let now = Instant::now();
        if self
            .shortage_logged
            .is_none_or(|at| now - at > LOG_AGAIN_AFTER)
        {
            self.shortage_logged = Some(now);
            tracing::warn!(
                connections = self.budget.may_open(),
                "this server may not open more files, so it closes idle connections to agents; raise the limit of open \
                 files (ulimit -n, or LimitNOFILE in systemd)"
            );
        }
    }
}
