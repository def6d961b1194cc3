//! Calls for which there is no room: who gives way to them, and who waits until a call ends.

use super::Roll;
use super::sockets::Room;
use std::time::Duration;
use tokio::time::Instant;

const COMPLAIN_AGAIN_AFTER: Duration = Duration::from_secs(600);

/// A call that is due and has no room yet.
pub(super) struct Waiting {
    id: i64,
    generation: u64,
    due: Instant,
}

impl Roll {
    /// Whether there is room for one more connection, for which another that only waits is closed.
    pub(super) fn make_room(&mut self, failed: bool) -> bool {
        match self.sockets.room(failed) {
            Room::Free => true,
            Room::Full => false,
            Room::Closing(id) => {
                let entry = self.entries.get_mut(&id);
                if let Some(slot) = entry.and_then(|entry| entry.slot.as_mut()) {
                    slot.line.close();
                }
                true
            }
        }
    }

    /// Those that waited for room, first of computers that answered last time.
    pub(super) fn call_waiting(&mut self) {
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

    /// Said once: it costs, though nobody is called later for it.
    pub(super) fn tell_of_room(&mut self) {
        let (computers, room) = (self.entries.len(), self.sockets.may_open());
        if computers > room && !self.told_of_room {
            self.told_of_room = true;
            tracing::info!(
                "{computers} computers, and room for {room} connections to them: those of the others are made anew \
                 for each call; more open files (ulimit -n, or LimitNOFILE of systemd) spare that"
            );
        }
    }

    /// The system has no descriptor left: fewer connections than there are do as well.
    pub(super) fn give_way(&mut self) {
        self.sockets.shrink();
        let now = Instant::now();
        if self
            .complained
            .is_none_or(|at| now - at > COMPLAIN_AGAIN_AFTER)
        {
            self.complained = Some(now);
            tracing::warn!(
                "this server may not open more files: {} connections to agents are open at once, and others are \
                 closed to make room; raise the limit of open files (ulimit -n, or LimitNOFILE of systemd)",
                self.sockets.may_open()
            );
        }
    }
}
