//! A log of changes that any number of readers follow, each at its own pace.

use std::collections::BTreeMap;

/// Removals that the log remembers. A reader that is further behind starts over.
const MAX_REMOVALS: usize = 10_000;

/// Position of a reader in the log. The default is the beginning: everything is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeCursor(u64);

/// Which computers changed, in the order of their last change; each computer appears once.
#[derive(Debug, Default)]
pub struct ChangeLog {
    newest: u64,
    by_entry: BTreeMap<u64, i64>,
    by_computer: BTreeMap<i64, u64>,
    /// Removed computers by entry; older removals are forgotten.
    removals: BTreeMap<u64, i64>,
    forgotten: u64,
    /// The entry at which the server last became blind or could see again.
    sight: u64,
}

/// What changed since a cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Computers that were added or changed.
    pub computers: Vec<i64>,
    /// Computers that were removed.
    pub removed: Vec<i64>,
    /// Whether the server became blind or can see again.
    pub sight: bool,
    /// The reader is too far behind: removals are missing, and `computers` lists all computers.
    pub is_reset: bool,
}

impl ChangeLog {
    /// Records that a computer was added or changed.
    pub fn record_change(&mut self, id: i64) {
        let entry = self.next_entry();
        if let Some(before) = self.by_computer.insert(id, entry) {
            self.by_entry.remove(&before);
        }
        self.by_entry.insert(entry, id);
    }

    /// Records that a computer was removed.
    pub fn record_removal(&mut self, id: i64) {
        let entry = self.next_entry();
        if let Some(before) = self.by_computer.remove(&id) {
            self.by_entry.remove(&before);
        }
        self.removals.insert(entry, id);
        if self.removals.len() > MAX_REMOVALS
            && let Some((oldest, _)) = self.removals.pop_first()
        {
            self.forgotten = oldest;
        }
    }

    /// Records that the server became blind or can see again.
    pub fn record_sight(&mut self) {
        self.sight = self.next_entry();
    }

    /// What changed since the cursor; moves the cursor to the end of the log.
    pub fn read_since(&self, cursor: &mut ChangeCursor) -> Changed {
        let ChangeCursor(last) = std::mem::replace(cursor, ChangeCursor(self.newest));
        let is_reset = last < self.forgotten;
        let from = if is_reset { 0 } else { last + 1 };
        Changed {
            computers: self.by_entry.range(from..).map(|(_, &id)| id).collect(),
            removed: self.removals.range(from..).map(|(_, &id)| id).collect(),
            sight: self.sight >= from && self.sight > 0,
            is_reset,
        }
    }

    fn next_entry(&mut self) -> u64 {
        self.newest += 1;
        self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_reads_each_change_once_at_its_own_pace() {
        let mut log = ChangeLog::default();
        let (mut quick, mut slow) = (ChangeCursor::default(), ChangeCursor::default());
        log.record_change(1);
        assert_eq!(log.read_since(&mut quick).computers, [1]);
        assert_eq!(log.read_since(&mut quick), Changed::default());
        log.record_change(2);
        log.record_change(1);
        log.record_sight();
        let read = log.read_since(&mut quick);
        assert_eq!(read.computers, [2, 1]);
        assert!(read.sight);
        assert_eq!(log.read_since(&mut slow).computers, [2, 1]);
        assert_eq!(log.read_since(&mut slow), Changed::default());
    }

    #[test]
    fn a_removed_computer_is_reported_as_removed_and_one_added_again_as_changed() {
        let mut log = ChangeLog::default();
        let mut cursor = ChangeCursor::default();
        log.record_change(1);
        log.record_removal(1);
        let read = log.read_since(&mut cursor);
        assert_eq!((read.computers, read.removed), (vec![], vec![1]));
        log.record_change(1);
        let read = log.read_since(&mut cursor);
        assert_eq!((read.computers, read.removed), (vec![1], vec![]));
    }

    #[test]
    fn a_reader_that_missed_removals_starts_over() {
        let mut log = ChangeLog::default();
        let mut cursor = ChangeCursor::default();
        log.record_change(-1);
        log.read_since(&mut cursor);
        let count = i64::try_from(MAX_REMOVALS).unwrap();
        for id in 0..count {
            log.record_removal(id);
        }
        let mut current = cursor;
        assert!(!log.read_since(&mut current).is_reset);
        log.record_removal(count);
        let read = log.read_since(&mut cursor);
        assert!(read.is_reset);
        assert_eq!(read.computers, [-1]);
    }
}
