//! What simulated agents keep for a server that could not ask: a reading at each full interval since they began.
//!
//! A reading is a function of its moment, and so none is stored: the ones that a server lacks are made when it
//! asks for them.

use crate::computer::Computer;
use muster_wire::{Cursor, History, SystemInfo};

/// Readings of one answer, at most: far less than the bytes that are allowed.
const PAGE: usize = 40;
/// How far back they reach.
const AGE_MS: u64 = 24 * 60 * 60 * 1000;

/// Which readings are kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// One at each multiple of so many milliseconds, which are not 0.
    pub each_ms: u64,
    /// From then on, in Unix milliseconds.
    pub since_ms: u64,
}

impl Kept {
    /// How many there are at a moment.
    #[must_use]
    pub fn count(self, now_ms: u64) -> u32 {
        let first = self.first_turn(0, now_ms);
        u32::try_from((now_ms / self.each_ms + 1).saturating_sub(first)).unwrap_or(u32::MAX)
    }

    /// The first multiple of the interval behind a moment, of those that are still kept.
    fn first_turn(self, behind_ms: u64, now_ms: u64) -> u64 {
        let oldest_ms = self.since_ms.max(now_ms.saturating_sub(AGE_MS));
        (behind_ms / self.each_ms + 1).max(oldest_ms.div_ceil(self.each_ms))
    }
}

/// The readings of a computer behind a cursor, or all that it keeps.
#[must_use]
pub fn history(
    computer: &Computer,
    kept: Kept,
    cursor: Option<&Cursor>,
    now_ms: u64,
) -> History<SystemInfo> {
    let run = computer.run();
    let cursor = cursor.filter(|cursor| cursor.run == run);
    let first = kept.first_turn(cursor.map_or(0, |cursor| cursor.sequence), now_ms);
    let turns = first..now_ms / kept.each_ms + 1;
    let moments = turns.clone().map(|turn| turn * kept.each_ms).take(PAGE);
    let next = moments
        .clone()
        .last()
        .map(|sequence| Cursor { run, sequence });
    History {
        readings: moments.map(|at_ms| computer.read(at_ms, false)).collect(),
        next: next.map(|next| next.to_string()),
        more: turns.count() > PAGE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Kept = Kept {
        each_ms: 1_000,
        since_ms: 5_500,
    };

    fn read(cursor: Option<&str>, now_ms: u64) -> (Vec<u64>, bool) {
        let cursor: Option<Cursor> = cursor.and_then(|cursor| cursor.parse().ok());
        let computer = Computer::new(7, 0, Some(KEPT));
        let history = history(&computer, KEPT, cursor.as_ref(), now_ms);
        let number = |reading: &SystemInfo| reading.agent.as_ref().map(|agent| agent.sequence);
        (
            history.readings.iter().filter_map(number).collect(),
            history.more,
        )
    }

    #[test]
    fn a_server_gets_what_lies_behind_its_cursor() {
        assert_eq!(read(None, 8_999), (vec![6_000, 7_000, 8_000], false));
        assert_eq!(read(Some("run-7.6000"), 8_000), (vec![7_000, 8_000], false));
        assert_eq!(read(Some("run-7.7500"), 8_999), (vec![8_000], false));
        assert_eq!(read(Some("run-8.7500"), 7_999), (vec![6_000, 7_000], false));
        assert_eq!(read(Some("run-7.9000"), 9_000), (vec![], false));
        let (page, more) = read(Some("run-7.6000"), 100_000);
        assert_eq!((page.len(), page[39], more), (PAGE, 46_000, true));
        assert_eq!(KEPT.count(8_999), 3);
        assert_eq!(KEPT.count(0), 0);
    }
}
