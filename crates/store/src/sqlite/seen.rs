//! Which states of computers must be written.
//!
//! Of a computer that answers each time nothing changes but when it was last seen. Ten thousand such rows
//! lie on hundreds of pages, and to write them at every answer would put more on the disk than the
//! samples themselves. So the file's `last_seen` of such a computer is kept to ten minutes, and written
//! through when the database is closed; what is exact stays in memory. After a crash the newest sample
//! knows better than the column: whoever reads the one looks at the other too.

use crate::ComputerState;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How far `last_seen` in the file may lag behind.
const LAG_MS: u64 = 600_000;

/// What is known of each computer, and what of it is in the file.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashMap<i64, Entry>>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Of all that was written but the moment.
    fingerprint: u64,
    written_ms: Option<i64>,
    last_seen_ms: Option<i64>,
}

impl Seen {
    /// Takes note of states, and says which of them must be written. The caller holds the write lock, so
    /// that notes are taken in the order in which they are written. Of several states of one computer
    /// the last counts.
    pub(super) fn note<'s>(
        &self,
        states: &'s [ComputerState],
    ) -> (Noted<'_>, Vec<&'s ComputerState>) {
        let latest: HashMap<i64, &ComputerState> =
            states.iter().map(|state| (state.id, state)).collect();
        let mut entries = self.entries();
        let due: Vec<_> = latest
            .into_values()
            .filter(|state| note(&mut entries, state))
            .collect();
        let ids = due.iter().map(|state| state.id).collect();
        (Noted { seen: self, ids }, due)
    }

    /// When a computer was last seen, as the last note of it says.
    pub(super) fn last_seen_ms(&self, id: i64) -> Option<Option<i64>> {
        self.entries().get(&id).map(|entry| entry.last_seen_ms)
    }

    /// The computers whose moment in the file lags behind, each with the right one.
    pub(super) fn lagging(&self) -> Vec<(i64, Option<i64>)> {
        let entries = self.entries();
        let lagging = entries
            .iter()
            .filter(|(_, entry)| entry.written_ms != entry.last_seen_ms);
        lagging
            .map(|(id, entry)| (*id, entry.last_seen_ms))
            .collect()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<i64, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes of what is about to be written. Unless it was, they are forgotten, and the next state of these
/// computers is written whatever it says.
pub(super) struct Noted<'s> {
    seen: &'s Seen,
    ids: Vec<i64>,
}

impl Noted<'_> {
    /// The transaction was committed.
    pub(super) fn written(mut self) {
        self.ids.clear();
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        let mut entries = self.seen.entries();
        for id in &self.ids {
            entries.remove(id);
        }
    }
}

/// Notes one state; says whether it must be written.
fn note(entries: &mut HashMap<i64, Entry>, state: &ComputerState) -> bool {
    let fingerprint = fingerprint(state);
    let last_seen_ms = state.last_seen_ms;
    if let Some(entry) = entries.get_mut(&state.id)
        && entry.fingerprint == fingerprint
        && is_near(entry.written_ms, last_seen_ms)
    {
        entry.last_seen_ms = last_seen_ms;
        return false;
    }
    let entry = Entry {
        fingerprint,
        written_ms: last_seen_ms,
        last_seen_ms,
    };
    entries.insert(state.id, entry);
    true
}

fn is_near(written_ms: Option<i64>, now_ms: Option<i64>) -> bool {
    match (written_ms, now_ms) {
        (Some(written_ms), Some(now_ms)) => written_ms.abs_diff(now_ms) < LAG_MS,
        (written_ms, now_ms) => written_ms == now_ms,
    }
}

fn fingerprint(state: &ComputerState) -> u64 {
    let mut hasher = DefaultHasher::new();
    let facts = &state.facts;
    (state.status.as_str(), &state.reason, state.since_ms).hash(&mut hasher);
    (&facts.hostname, &facts.system, &facts.os).hash(&mut hasher);
    (&facts.kernel, &facts.agent_version).hash(&mut hasher);
    facts.boot_time_s.map(f64::to_bits).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn state(status: Status, last_seen_ms: i64) -> ComputerState {
        ComputerState {
            id: 1,
            status,
            last_seen_ms: Some(last_seen_ms),
            ..ComputerState::default()
        }
    }

    fn writes(seen: &Seen, states: &[ComputerState]) -> usize {
        let (noted, due) = seen.note(states);
        noted.written();
        due.len()
    }

    #[test]
    fn only_what_changed_is_written_and_the_moment_now_and_then() {
        let seen = Seen::default();
        assert_eq!(writes(&seen, &[state(Status::Online, 0)]), 1);
        assert_eq!(writes(&seen, &[state(Status::Online, 599_999)]), 0);
        assert_eq!(seen.lagging(), [(1, Some(599_999))]);
        assert_eq!(writes(&seen, &[state(Status::Online, 600_000)]), 1);
        assert_eq!(seen.lagging(), []);
        assert_eq!(writes(&seen, &[state(Status::Offline, 600_000)]), 1);
        // Of two in one batch the last counts, and it says nothing new.
        let both = [
            state(Status::Online, 600_001),
            state(Status::Offline, 600_002),
        ];
        assert_eq!(writes(&seen, &both), 0);
        assert_eq!(seen.last_seen_ms(1), Some(Some(600_002)));
    }

    #[test]
    fn what_was_not_committed_is_written_the_next_time() {
        let seen = Seen::default();
        drop(seen.note(&[state(Status::Online, 0)]));
        assert_eq!(writes(&seen, &[state(Status::Online, 0)]), 1);
    }
}
