//! Limits open connections to agents and chooses which idle one to close when the limit is reached.
//!
//! A connection counts from the start of its poll. At the limit, the idle connection whose next poll is furthest away
//! is closed; that poll then opens a new one and is not delayed. If no connection is idle, a poll waits for another
//! one to end. Computers that failed last time may take until the deadline, so they get at most half of the budget:
//! computers that answer never wait for them.

use std::collections::BTreeSet;
use tokio::time::Instant;

/// The smallest limit: with fewer connections, polling would come almost to a halt.
const LEAST: usize = 8;

/// Whether a poll may start.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Allowed,
    /// Yes, after closing the idle connection of that computer.
    EvictFirst(i64),
    /// Not before another poll has ended.
    Denied,
}

/// The connections that are open.
pub struct ConnectionBudget {
    /// The limit that was configured.
    most: usize,
    /// The limit in effect: lower after the system ran out of file descriptors.
    may_open: usize,
    under_way: usize,
    /// Polls in progress of computers that failed last time.
    doubtful: usize,
    /// Idle connections, by when their computer is polled next.
    kept: BTreeSet<(Instant, i64)>,
}

impl ConnectionBudget {
    /// Creates a budget of `most` connections.
    pub fn with_max(most: usize) -> Self {
        let most = most.max(LEAST);
        Self {
            most,
            may_open: most,
            under_way: 0,
            doubtful: 0,
            kept: BTreeSet::new(),
        }
    }

    /// The limit in effect.
    pub fn may_open(&self) -> usize {
        self.may_open
    }

    fn open(&self) -> usize {
        self.under_way + self.kept.len()
    }

    /// Whether a poll without an open connection may start. If so, [`ConnectionBudget::start_poll`] must follow.
    pub fn admit(&mut self, doubtful: bool) -> Admission {
        if doubtful && self.doubtful >= self.may_open / 2 {
            return Admission::Denied;
        }
        if self.open() < self.may_open {
            return Admission::Allowed;
        }
        match self.kept.pop_last() {
            Some((_, id)) => Admission::EvictFirst(id),
            None => Admission::Denied,
        }
    }

    /// Counts a poll that starts.
    pub fn start_poll(&mut self, doubtful: bool) {
        self.under_way += 1;
        self.doubtful += usize::from(doubtful);
    }

    /// Counts a poll that ended, successfully or not.
    pub fn end_poll(&mut self, doubtful: bool) {
        self.under_way = self.under_way.saturating_sub(1);
        self.doubtful = self.doubtful.saturating_sub(usize::from(doubtful));
        // A poll that panicked does not report whether it was doubtful.
        self.doubtful = self.doubtful.min(self.under_way);
    }

    /// Whether the connection may stay open until the next poll, at `due`.
    pub fn keep_open(&mut self, due: Instant, id: i64) -> bool {
        let is_room = self.open() < self.may_open;
        if is_room {
            self.kept.insert((due, id));
        }
        is_room
    }

    /// Forgets an idle connection: its poll uses it, or it was closed.
    pub fn release(&mut self, due: Instant, id: i64) {
        self.kept.remove(&(due, id));
    }

    /// Lowers the limit: the system has no file descriptor left.
    pub fn shrink(&mut self) {
        self.may_open = self.open().saturating_sub(1).clamp(LEAST, self.may_open);
    }

    /// Raises the limit by one: a file descriptor may be free again.
    pub fn grow(&mut self) {
        self.may_open = self.may_open.saturating_add(1).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_connection_due_last_is_evicted_and_one_in_use_never() {
        let now = Instant::now();
        let mut budget = ConnectionBudget::with_max(10);
        for id in 0..10 {
            assert_eq!(budget.admit(false), Admission::Allowed);
            budget.start_poll(false);
            budget.end_poll(false);
            let due = now + Duration::from_secs(id % 7);
            assert!(budget.keep_open(due, i64::try_from(id).unwrap()));
        }
        assert!(!budget.keep_open(now, 10));
        let mut closed = Vec::new();
        while let Admission::EvictFirst(id) = budget.admit(false) {
            budget.start_poll(false);
            closed.push(id);
        }
        assert_eq!(closed, [6, 5, 4, 3, 9, 2, 8, 1, 7, 0]);
        budget.end_poll(false);
        assert_eq!(budget.admit(false), Admission::Allowed);
    }

    #[test]
    fn computers_that_failed_share_half_of_the_budget() {
        let mut budget = ConnectionBudget::with_max(10);
        for _ in 0..5 {
            assert_eq!(budget.admit(true), Admission::Allowed);
            budget.start_poll(true);
        }
        assert_eq!(budget.admit(true), Admission::Denied);
        assert_eq!(budget.admit(false), Admission::Allowed);
        budget.end_poll(true);
        assert_eq!(budget.admit(true), Admission::Allowed);
    }

    #[test]
    fn the_budget_shrinks_when_the_system_refuses_connections() {
        let mut budget = ConnectionBudget::with_max(100);
        for _ in 0..40 {
            budget.start_poll(false);
        }
        budget.shrink();
        assert_eq!(budget.may_open(), 39);
        assert_eq!(budget.admit(false), Admission::Denied);
        for _ in 0..100 {
            budget.grow();
        }
        assert_eq!(budget.may_open(), 100);
        for _ in 0..40 {
            budget.end_poll(false);
        }
        budget.shrink();
        assert_eq!(budget.may_open(), LEAST);
    }
}
