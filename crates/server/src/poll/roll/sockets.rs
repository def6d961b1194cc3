//! How many connections to agents may be open, and which of those that wait for the next call give way.
//!
//! A connection counts from the moment its call begins. Where there is no room for one more, the one that waits
//! longest for its next call is closed, which costs that call a new connection and nobody any time; where all are
//! under way, a call waits for the next one to end. Computers that failed last time, whose calls may take until
//! the deadline, have half of the room at most, so that nobody who answers waits for them.

use std::collections::BTreeSet;
use tokio::time::Instant;

/// Under this nothing would be called at all.
const LEAST: usize = 8;

/// Whether a call may begin.
#[derive(Debug, PartialEq, Eq)]
pub enum Room {
    /// It may.
    Free,
    /// Once the connection of that computer is closed.
    Closing(i64),
    /// Not before another has ended.
    Full,
}

/// The connections that are open.
pub struct Sockets {
    /// As many as the system promised.
    most: usize,
    /// As many as it gave.
    may_open: usize,
    under_way: usize,
    /// Of those under way, to computers that failed last time.
    doubtful: usize,
    /// Those that wait for the next call, and when that is.
    kept: BTreeSet<(Instant, i64)>,
}

impl Sockets {
    /// So many.
    pub fn within(most: usize) -> Self {
        let most = most.max(LEAST);
        Self {
            most,
            may_open: most,
            under_way: 0,
            doubtful: 0,
            kept: BTreeSet::new(),
        }
    }

    /// How many may be open now.
    pub fn may_open(&self) -> usize {
        self.may_open
    }

    fn open(&self) -> usize {
        self.under_way + self.kept.len()
    }

    /// Room for a call without a connection; [`Sockets::begin`] takes it.
    pub fn room(&mut self, doubtful: bool) -> Room {
        if doubtful && self.doubtful >= self.may_open / 2 {
            return Room::Full;
        }
        if self.open() < self.may_open {
            return Room::Free;
        }
        match self.kept.pop_last() {
            Some((_, id)) => Room::Closing(id),
            None => Room::Full,
        }
    }

    /// A call begins.
    pub fn begin(&mut self, doubtful: bool) {
        self.under_way += 1;
        self.doubtful += usize::from(doubtful);
    }

    /// A call has ended, however.
    pub fn end(&mut self, doubtful: bool) {
        self.under_way = self.under_way.saturating_sub(1);
        self.doubtful = self.doubtful.saturating_sub(usize::from(doubtful));
        // A call that failed in itself told nothing of what it was.
        self.doubtful = self.doubtful.min(self.under_way);
    }

    /// Whether the connection of a call that has ended may wait for the next one, which is then.
    pub fn keep(&mut self, due: Instant, id: i64) -> bool {
        let is_room = self.open() < self.may_open;
        if is_room {
            self.kept.insert((due, id));
        }
        is_room
    }

    /// The connection that waited for this call is used by it, or is no more.
    pub fn release(&mut self, due: Instant, id: i64) {
        self.kept.remove(&(due, id));
    }

    /// The system gave no more than are open, and is asked for less.
    pub fn shrink(&mut self) {
        self.may_open = self.open().saturating_sub(1).clamp(LEAST, self.may_open);
    }

    /// It may have one to give again.
    pub fn grow(&mut self) {
        self.may_open = self.may_open.saturating_add(1).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn who_waits_longest_gives_way_and_who_is_under_way_never() {
        let now = Instant::now();
        let mut sockets = Sockets::within(10);
        for id in 0..10 {
            assert_eq!(sockets.room(false), Room::Free);
            sockets.begin(false);
            sockets.end(false);
            let due = now + Duration::from_secs(id % 7);
            assert!(sockets.keep(due, i64::try_from(id).unwrap()));
        }
        assert!(!sockets.keep(now, 10));
        let mut closed = Vec::new();
        while let Room::Closing(id) = sockets.room(false) {
            sockets.begin(false);
            closed.push(id);
        }
        assert_eq!(closed, [6, 5, 4, 3, 9, 2, 8, 1, 7, 0]);
        sockets.end(false);
        assert_eq!(sockets.room(false), Room::Free);
    }

    #[test]
    fn who_failed_has_half_of_the_room() {
        let mut sockets = Sockets::within(10);
        for _ in 0..5 {
            assert_eq!(sockets.room(true), Room::Free);
            sockets.begin(true);
        }
        assert_eq!(sockets.room(true), Room::Full);
        assert_eq!(sockets.room(false), Room::Free);
        sockets.end(true);
        assert_eq!(sockets.room(true), Room::Free);
    }

    #[test]
    fn what_the_system_does_not_give_is_not_asked_for_again_at_once() {
        let mut sockets = Sockets::within(100);
        for _ in 0..40 {
            sockets.begin(false);
        }
        sockets.shrink();
        assert_eq!(sockets.may_open(), 39);
        assert_eq!(sockets.room(false), Room::Full);
        for _ in 0..100 {
            sockets.grow();
        }
        assert_eq!(sockets.may_open(), 100);
        for _ in 0..40 {
            sockets.end(false);
        }
        sockets.shrink();
        assert_eq!(sockets.may_open(), LEAST);
    }
}
