//! The task that polls one watched computer.

use super::{CloseUpStatus, CloseUps, is_old};
use crate::intake::ingest::{CounterSnapshot, ingest};
use crate::ops::clock;
use crate::ops::shutdown::wait_for_stop;
use crate::poll::address::Target;
use crate::poll::fetch::{AgentLink, FetchError};
use muster_store::Computer;
use muster_wire::SystemInfo;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// One sequential task per computer, so that two polls of it never overlap.
pub struct Reader {
    id: i64,
    close_ups: Arc<CloseUps>,
    roster: watch::Receiver<Arc<Vec<Computer>>>,
    /// Address, token and pinned certificate as the roster has them.
    endpoint: Option<(String, String, Option<String>)>,
    /// The target; `None` if the address is invalid or the computer is not polled.
    target: Option<Target>,
    link: AgentLink,
    counters: Option<CounterSnapshot>,
    /// Whether the next poll opens a connection. It is then not judged as slow, since a handshake takes several round
    /// trips.
    is_first: bool,
    /// When an agent from before Muster answered.
    old_ms: Option<i64>,
    due: Instant,
}

impl Reader {
    /// Creates the reader of a computer.
    pub fn new(id: i64, close_ups: Arc<CloseUps>) -> Self {
        Self {
            id,
            roster: close_ups.roster.clone(),
            close_ups,
            endpoint: None,
            target: None,
            link: AgentLink::default(),
            counters: None,
            is_first: true,
            old_ms: None,
            due: Instant::now(),
        }
    }

    /// Polls each second until the close-up expires, the computer is removed, or the server stops.
    pub async fn run_until_unwatched(mut self) {
        let mut stopping = self.close_ups.stopping.clone();
        let mut is_changed = true;
        while self.close_ups.is_watched(self.id) {
            if is_changed && !self.apply_roster() {
                return self.close_ups.stop_watching(self.id);
            }
            let tick = Instant::now() + self.close_ups.pace.interval;
            if self.due <= Instant::now() {
                if self.is_old() {
                    self.due = tick;
                } else {
                    self.poll_once().await;
                }
            }
            // Wake up at least once per interval, also during a pause, to notice when nobody watches any more.
            tokio::select! {
                () = tokio::time::sleep_until(self.due.min(tick)) => is_changed = false,
                Ok(()) = self.roster.changed() => is_changed = true,
                () = wait_for_stop(&mut stopping) => return,
            }
        }
    }

    /// Applies the roster; false if the computer was removed.
    fn apply_roster(&mut self) -> bool {
        let computers = self.roster.borrow_and_update().clone();
        let Some(computer) = computers.iter().find(|computer| computer.id == self.id) else {
            return false;
        };
        let endpoint = (
            computer.url.clone(),
            computer.token.clone(),
            computer.tls_sha256.clone(),
        );
        if self.endpoint.as_ref() == Some(&endpoint) {
            return true;
        }
        self.target = Target::from_computer(computer)
            .ok()
            .filter(|_| computer.polled);
        if self.endpoint.replace(endpoint).is_some() {
            self.close_ups.update(self.id, |computer| computer.clear());
        }
        self.link = AgentLink::default();
        self.counters = None;
        self.is_first = true;
        self.old_ms = None;
        self.due = Instant::now();
        true
    }

    fn is_old(&self) -> bool {
        let latest = self.close_ups.live.get(self.id);
        self.old_ms.is_some() && latest.is_some_and(|latest| is_old(&latest, self.old_ms))
    }

    async fn poll_once(&mut self) {
        let began = Instant::now();
        let info = self.fetch_info().await;
        let is_slow = !self.is_first && began.elapsed() > self.close_ups.pace.slow_after;
        self.is_first = false;
        let pace = self.close_ups.pace;
        let status = match info {
            Some(info) if info.agent.is_none() => {
                self.old_ms = Some(clock::now_ms());
                self.link = AgentLink::default();
                CloseUpStatus::OldAgent
            }
            Some(info) => {
                self.add_sample(info);
                if is_slow {
                    CloseUpStatus::Slow
                } else {
                    CloseUpStatus::Reading
                }
            }
            None => CloseUpStatus::Down,
        };
        self.due = match status {
            CloseUpStatus::Slow => self.pause_for(pace.slow_pause),
            CloseUpStatus::Down => self.pause_for(pace.down_pause),
            _ => began + pace.interval,
        };
        self.close_ups
            .update(self.id, |computer| computer.status = status);
    }

    /// Polls once; `None` if no valid answer came in time.
    async fn fetch_info(&mut self) -> Option<SystemInfo> {
        let target = self.target.as_ref()?;
        let fetching = self.close_ups.fetcher.fetch(target, &mut self.link);
        let answer = tokio::time::timeout(self.close_ups.pace.timeout, fetching);
        let answer = answer.await.unwrap_or(Err(FetchError::Deadline));
        muster_wire::parse(&answer.ok()?).ok()
    }

    fn add_sample(&mut self, info: SystemInfo) {
        let intake = ingest(self.id, clock::now_ms(), info, self.counters.as_ref());
        self.counters = Some(intake.counters);
        let (sample, processes) = (intake.sample, intake.processes);
        self.close_ups
            .update(self.id, |computer| computer.add_sample(sample, processes));
    }

    /// Schedules the next poll after a pause. It starts without a previous sample, as usage and rates over the pause
    /// would mislead.
    fn pause_for(&mut self, pause: Duration) -> Instant {
        self.is_first = true;
        self.counters = None;
        Instant::now() + pause
    }
}
