//! Who reads one computer, as long as somebody looks.

use super::{CloseUps, Sight, is_old};
use crate::intake::ingest::{Reading, ingest};
use crate::ops::clock;
use crate::ops::shutdown::stopped;
use crate::poll::address::Target;
use crate::poll::fetch::{FetchError, Line};
use muster_store::Computer;
use muster_wire::SystemInfo;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// One task, which asks and then waits: so two readings of one computer are never under way.
pub struct Reader {
    id: i64,
    close_ups: Arc<CloseUps>,
    roster: watch::Receiver<Arc<Vec<Computer>>>,
    /// The address, the token and the certificate as the roster has them.
    place: Option<(String, String, Option<String>)>,
    /// Where to ask; none where that is no address.
    target: Option<Target>,
    line: Line,
    reading: Option<Reading>,
    /// The next answer is not judged by how long it takes: its connection is yet to be made, which takes several
    /// times as long where the way is far.
    is_first: bool,
    /// When an agent of before Muster answered.
    old_ms: Option<i64>,
    due: Instant,
}

impl Reader {
    /// Of a computer that nothing is known of yet.
    pub fn new(id: i64, close_ups: Arc<CloseUps>) -> Self {
        Self {
            id,
            roster: close_ups.roster.clone(),
            close_ups,
            place: None,
            target: None,
            line: Line::default(),
            reading: None,
            is_first: true,
            old_ms: None,
            due: Instant::now(),
        }
    }

    /// Reads each second until nobody looks any more, the computer is gone, or the server stops.
    pub async fn read_on(mut self) {
        let mut stopping = self.close_ups.stopping.clone();
        let mut is_changed = true;
        while self.close_ups.is_in_sight(self.id) {
            if is_changed && !self.follow() {
                return self.close_ups.leave(self.id);
            }
            let tick = Instant::now() + self.close_ups.pace.every;
            if self.due <= Instant::now() {
                match self.is_old() {
                    true => self.due = tick,
                    false => self.read().await,
                }
            }
            // However long it is left alone, the end of being looked at is noticed.
            tokio::select! {
                () = tokio::time::sleep_until(self.due.min(tick)) => is_changed = false,
                Ok(()) = self.roster.changed() => is_changed = true,
                () = stopped(&mut stopping) => return,
            }
        }
    }

    /// Goes where the roster says; false where the computer is not on it any more.
    fn follow(&mut self) -> bool {
        let computers = self.roster.borrow_and_update().clone();
        let Some(computer) = computers.iter().find(|computer| computer.id == self.id) else {
            return false;
        };
        let place = (
            computer.url.clone(),
            computer.token.clone(),
            computer.tls_sha256.clone(),
        );
        if self.place.as_ref() == Some(&place) {
            return true;
        }
        self.target = Target::of(computer).ok().filter(|_| computer.polled);
        if self.place.replace(place).is_some() {
            self.close_ups.change(self.id, |place| place.forget());
        }
        self.line = Line::default();
        self.reading = None;
        self.is_first = true;
        self.old_ms = None;
        self.due = Instant::now();
        true
    }

    fn is_old(&self) -> bool {
        let latest = self.close_ups.live.get(self.id);
        self.old_ms.is_some() && latest.is_some_and(|latest| is_old(&latest, self.old_ms))
    }

    async fn read(&mut self) {
        let began = Instant::now();
        let info = self.ask().await;
        let is_slow = !self.is_first && began.elapsed() > self.close_ups.pace.slow_after;
        self.is_first = false;
        let pace = self.close_ups.pace;
        let sight = match info {
            Some(info) if info.agent.is_none() => {
                self.old_ms = Some(clock::now_ms());
                self.line = Line::default();
                Sight::OldAgent
            }
            Some(info) => {
                self.take(info);
                if is_slow { Sight::Slow } else { Sight::Reading }
            }
            None => Sight::Silent,
        };
        self.due = match sight {
            Sight::Slow => self.rest(pace.slow_rest),
            Sight::Silent => self.rest(pace.silent_rest),
            _ => began + pace.every,
        };
        self.close_ups.change(self.id, |place| place.sight = sight);
    }

    /// The answer; none where there is none in time.
    async fn ask(&mut self) -> Option<SystemInfo> {
        let target = self.target.as_ref()?;
        let fetching = self.close_ups.fetcher.fetch(target, &mut self.line);
        let answer = tokio::time::timeout(self.close_ups.pace.patience, fetching);
        let answer = answer.await.unwrap_or(Err(FetchError::Deadline));
        muster_wire::parse(&answer.ok()?).ok()
    }

    fn take(&mut self, info: SystemInfo) {
        let intake = ingest(self.id, clock::now_ms(), info, self.reading.as_ref());
        self.reading = Some(intake.reading);
        let (sample, processes) = (intake.sample, intake.processes);
        self.close_ups
            .change(self.id, |place| place.take(sample, processes));
    }

    /// What comes after a rest is a first answer again: its use and rates would be those of the rest.
    fn rest(&mut self, pause: Duration) -> Instant {
        self.is_first = true;
        self.reading = None;
        Instant::now() + pause
    }
}
