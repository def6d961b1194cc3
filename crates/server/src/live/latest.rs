//! The latest values of one computer, and what to store of it besides its samples.

use super::busiest::Busiest;
use super::disk_full::DiskFull;
use super::gap::{GapCheck, check_for_gap};
use crate::intake::ingest::{Glance, Intake};
use crate::poll::fetch::FetchError;
use muster_store::{Complete, ComputerState, Event, EventKind, Reason, Sample, Status};

/// The latest values of one computer. They do not include its token, so that nothing can show it by mistake.
#[derive(Clone, Debug, Default)]
pub struct Latest {
    /// Its id.
    pub id: i64,
    /// The name that people gave it.
    pub name: String,
    /// Where its agent answers.
    pub url: String,
    /// Whether it is polled.
    pub polled: bool,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its note.
    pub note: String,
    /// The certificate that its agent must show, if one is pinned.
    pub tls_sha256: Option<String>,
    /// The certificate that its agent shows, if the server does not poll it because of that.
    pub tls_sha256_found: Option<String>,
    /// Whether it is up, and its facts.
    pub state: ComputerState,
    /// Since when its polls fail while it is not down yet, and why.
    pub late: Option<Late>,
    /// Its latest sample.
    pub sample: Option<Sample>,
    /// Values of the latest answer that are not in the sample.
    pub glance: Glance,
    /// The processes of the latest answer.
    pub processes: Busiest,
    /// Which of its disks will be full first, if one will be soon.
    pub disk_full: Option<DiskFull>,
    /// The newest reading while earlier ones are being filled in.
    pub(super) filling: Option<Complete>,
    /// The `last_seen` that was last passed on to be stored.
    pub(super) stored_ms: Option<i64>,
    /// Whether the state changed in anything besides `last_seen_ms` and `complete`.
    pub(super) has_news: bool,
    /// Events other than outages in this hour.
    pub(super) event_limit: EventLimit,
}

/// Limits how many changed reasons and causes of a computer are stored per hour. A computer that gives a new one at
/// each poll must not fill the database. Starts and ends of outages are not limited.
#[derive(Clone, Debug, Default)]
pub(super) struct EventLimit {
    hour: i64,
    told: u32,
}

impl EventLimit {
    const MOST: u32 = 60;
    const HOUR_MS: i64 = 3_600_000;

    fn allow_event(&mut self, now_ms: i64) -> bool {
        let hour = now_ms.div_euclid(Self::HOUR_MS);
        if self.hour != hour {
            *self = Self { hour, told: 0 };
        }
        self.told = self.told.saturating_add(1);
        self.told <= Self::MOST
    }
}

/// A computer whose last poll failed: the next one decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// When it first failed, in Unix milliseconds.
    pub since_ms: i64,
    /// Why.
    pub reason: Reason,
}

/// Whether a computer whose poll fails had failed before.
pub(super) enum Failing {
    /// It answered.
    No,
    /// Failing since this time, but not down yet.
    Late(i64),
    /// It is down.
    Offline,
}

impl Latest {
    /// Whether its last poll failed.
    pub(super) fn failing_since(&self) -> Failing {
        match (self.state.status, &self.late) {
            (Status::Offline, _) => Failing::Offline,
            (Status::Online, Some(late)) => Failing::Late(late.since_ms),
            (Status::Online, None) => Failing::No,
        }
    }

    /// Records its first failed poll.
    pub(super) fn be_late(&mut self, reason: Reason, since_ms: i64) {
        self.late = Some(Late { since_ms, reason });
    }

    /// Stores an answer. Returns what happened: that it answers again, and why it had been away.
    pub(super) fn apply_answer(&mut self, intake: Intake, cause: Option<Reason>) -> Vec<Event> {
        let now_ms = intake.sample.timestamp_ms;
        self.late = None;
        let cause = cause.filter(|_| self.event_limit.allow_event(now_ms));
        self.sample = Some(intake.sample);
        self.glance = intake.glance;
        if let Some(processes) = intake.processes {
            self.processes = processes.into_iter().collect();
        }
        if self.state.facts != intake.facts {
            self.state.facts = intake.facts;
            self.has_news = true;
        }
        self.state.last_seen_ms = Some(now_ms);
        self.tls_sha256_found = None;
        let turned = self.change_status(Status::Online, None, now_ms);
        let explained = cause.map(|cause| self.event(EventKind::Cause, now_ms, Some(cause)));
        turned.into_iter().chain(explained).collect()
    }

    /// Records until when its history is complete; returns whether earlier readings must be fetched.
    pub(super) fn follow_history(&mut self, intake: &Intake, interval_ms: i64) -> bool {
        let now_ms = intake.sample.timestamp_ms;
        if self.is_another(intake) {
            // Readings that a different computer kept are not part of this computer's past.
            (self.filling, self.state.complete) = (None, None);
        }
        let newest = self.filling.as_ref().or(self.state.complete.as_ref());
        let is_filling = self.filling.is_some();
        match check_for_gap(newest, intake.agent.as_ref(), now_ms, interval_ms) {
            GapCheck::Complete(newest) if is_filling => self.filling = newest,
            GapCheck::Complete(complete) => self.state.complete = complete,
            // A gap that opens during a backfill is filled in afterwards.
            GapCheck::Missing(_) if is_filling => {}
            GapCheck::Missing(newest) => self.filling = Some(newest),
        }
        self.filling.is_some() && !is_filling
    }

    /// Whether a different computer answers under its name, judged by host names.
    pub(super) fn is_another(&self, intake: &Intake) -> bool {
        let names = (&self.state.facts.hostname, &intake.facts.hostname);
        matches!(names, (Some(then), Some(now)) if then != now)
    }

    /// Records which certificate its agent shows, if the server does not poll it because of that.
    pub(super) fn record_certificate(&mut self, why: &FetchError) {
        self.tls_sha256_found = why.certificate().map(|found| found.to_string());
    }

    /// Returns an event if the status changed, or if it is still down for another reason.
    pub(super) fn change_status(
        &mut self,
        status: Status,
        reason: Option<Reason>,
        now_ms: i64,
    ) -> Option<Event> {
        let turned = self.state.status != status || self.state.since_ms.is_none();
        if turned {
            self.state.since_ms = Some(now_ms);
        }
        self.state.status = status;
        let other_reason = self.state.reason != reason;
        if other_reason {
            self.state.reason.clone_from(&reason);
        }
        self.has_news |= turned || other_reason;
        let kind = match status {
            Status::Online => EventKind::Online,
            Status::Offline => EventKind::Offline,
        };
        let is_told = turned || (other_reason && self.event_limit.allow_event(now_ms));
        is_told.then(|| self.event(kind, now_ms, reason))
    }

    fn event(&self, kind: EventKind, at_ms: i64, reason: Option<Reason>) -> Event {
        Event {
            computer_id: Some(self.id),
            at_ms,
            kind,
            reason,
            interval_ms: None,
        }
    }

    /// The state, if anything changed besides `last_seen_ms` and `complete`.
    pub(super) fn state_to_store(&mut self) -> Option<ComputerState> {
        std::mem::take(&mut self.has_news).then(|| {
            self.stored_ms = self.state.last_seen_ms;
            self.state.clone()
        })
    }
}
