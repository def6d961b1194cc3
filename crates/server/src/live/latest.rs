//! The latest of one computer, and what is to be stored of it beside its samples.

use super::busiest::Busiest;
use super::condition::assess;
use super::disk_full::DiskFull;
use super::gap::{Before, before};
use crate::intake::ingest::{Glance, Intake};
use crate::poll::fetch::FetchError;
use muster_store::{Complete, ComputerState, Event, EventKind, Reason, Sample, Status};

/// The latest of one computer. Its token is not in it, so that nothing that shows it can tell.
#[derive(Clone, Debug, Default)]
pub struct Latest {
    /// The computer's number.
    pub id: i64,
    /// The name that people gave it.
    pub name: String,
    /// Where its agent answers.
    pub url: String,
    /// Whether it is called at all.
    pub polled: bool,
    /// By what people group it.
    pub tags: Vec<String>,
    /// What people say of it.
    pub note: String,
    /// The certificate that its agent must show, where it is pinned.
    pub tls_sha256: Option<String>,
    /// The certificate that its agent shows, where that is why it is not asked.
    pub tls_sha256_found: Option<String>,
    /// Whether it answers, and what it says of itself.
    pub state: ComputerState,
    /// Since when it fails to answer without being called offline yet, and why.
    pub late: Option<Late>,
    /// Its latest sample.
    pub sample: Option<Sample>,
    /// Numbers of the latest answer beside the sample.
    pub glance: Glance,
    /// The processes of the latest answer.
    pub processes: Busiest,
    /// Which of its disks will be full first, where one will be soon.
    pub disk_full: Option<DiskFull>,
    /// The newest reading, while earlier ones are being filled in.
    pub(super) filling: Option<Complete>,
    /// The `last_seen` that was last handed on to be stored.
    pub(super) stored_ms: Option<i64>,
    /// More of its state changed than when it was last seen and up to where it is complete.
    pub(super) has_news: bool,
    /// What was told of it in this hour.
    pub(super) asides: Asides,
}

/// What is told beside the beginnings and the ends of outages: other reasons, and causes. A computer that gives
/// another one each time must not fill the database with them.
#[derive(Clone, Debug, Default)]
pub(super) struct Asides {
    hour: i64,
    told: u32,
}

impl Asides {
    const MOST: u32 = 60;
    const HOUR_MS: i64 = 3_600_000;

    fn take(&mut self, now_ms: i64) -> bool {
        let hour = now_ms.div_euclid(Self::HOUR_MS);
        if self.hour != hour {
            *self = Self { hour, told: 0 };
        }
        self.told = self.told.saturating_add(1);
        self.told <= Self::MOST
    }
}

/// A computer that failed once: the second try decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// When it first failed, in Unix milliseconds.
    pub since_ms: i64,
    /// Why.
    pub reason: Reason,
}

/// Whether a computer that fails had failed before.
pub(super) enum Failing {
    /// It answered.
    No,
    /// Since that moment, without being offline yet.
    Late(i64),
    /// It is offline.
    Offline,
}

impl Latest {
    /// Whether it fails already.
    pub(super) fn failing_since(&self) -> Failing {
        match (self.state.status, &self.late) {
            (Status::Offline, _) => Failing::Offline,
            (Status::Online, Some(late)) => Failing::Late(late.since_ms),
            (Status::Online, None) => Failing::No,
        }
    }

    /// It failed once.
    pub(super) fn be_late(&mut self, reason: Reason, since_ms: i64) {
        self.late = Some(Late { since_ms, reason });
    }

    /// Takes an answer in. Returns what happened: that it answers again, and why it had been away.
    pub(super) fn answer(&mut self, intake: Intake, cause: Option<Reason>) -> Vec<Event> {
        let now_ms = intake.sample.timestamp_ms;
        self.late = None;
        let cause = cause.filter(|_| self.asides.take(now_ms));
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
        let turned = self.turn(Status::Online, None, now_ms);
        let explained = cause.map(|cause| self.event(EventKind::Cause, now_ms, Some(cause)));
        turned.into_iter().chain(explained).collect()
    }

    /// Notes up to where its history is complete; says whether earlier readings are to be asked for.
    pub(super) fn follow_history(&mut self, intake: &Intake, interval_ms: i64) -> bool {
        let now_ms = intake.sample.timestamp_ms;
        if self.is_another(intake) {
            // What the one that answers now kept before is not this computer's past.
            (self.filling, self.state.complete) = (None, None);
        }
        let newest = self.filling.as_ref().or(self.state.complete.as_ref());
        let is_filling = self.filling.is_some();
        match before(newest, intake.agent.as_ref(), now_ms, interval_ms) {
            Before::Complete(newest) if is_filling => self.filling = newest,
            Before::Complete(complete) => self.state.complete = complete,
            // What opens while something is filled in is filled in after that.
            Before::Open(_) if is_filling => {}
            Before::Open(newest) => self.filling = Some(newest),
        }
        self.filling.is_some() && !is_filling
    }

    /// Whether another computer answers under its name, as far as host names tell.
    pub(super) fn is_another(&self, intake: &Intake) -> bool {
        let names = (&self.state.facts.hostname, &intake.facts.hostname);
        matches!(names, (Some(then), Some(now)) if then != now)
    }

    /// Notes which certificate its agent shows, where that is why it is not asked.
    pub(super) fn note_certificate(&mut self, why: &FetchError) {
        self.tls_sha256_found = why.certificate().map(|found| found.to_string());
    }

    /// What comes back is an event where it turned, or went on being offline for another reason.
    pub(super) fn turn(
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
        let is_told = turned || (other_reason && self.asides.take(now_ms));
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

    /// The state, where more of it changed than when the computer was last seen and up to where it is
    /// complete.
    pub(super) fn state_to_store(&mut self) -> Option<ComputerState> {
        std::mem::take(&mut self.has_news).then(|| {
            self.stored_ms = self.state.last_seen_ms;
            self.state.assessment = assess(self);
            self.state.clone()
        })
    }
}
