//! All computers with their latest values, and one of them with all that is known of it.

use super::reason::{
    ConditionCode, FillingView, ReasonCode, ReasonView, TroubleView, assessment_views,
};
use super::{SampleView, further, reason};
use crate::http::vocabulary;
use crate::live::{Blind, DiskFull, Late, Latest};
use crate::text::reason_text;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// All computers with their latest values.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// The number of the last update that it includes.
    pub seq: u64,
    /// Identifies this run of the server; update numbers of other runs are not comparable.
    pub run: String,
    /// When it was made, in Unix milliseconds.
    pub now_ms: i64,
    /// Seconds between two polls of a computer.
    pub interval_s: u64,
    /// Set while the server is blind: so many computers fail at once that the server itself cannot reach them.
    pub blind: Option<BlindView>,
    /// The computers, ordered by number.
    pub computers: Vec<ComputerRow>,
}

/// The server cannot reach its computers. None of them counts as down because of that.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlindView {
    /// Since when, in Unix milliseconds.
    pub since_ms: i64,
    /// How many computers failed at once when it was detected.
    pub failing: usize,
    /// How many computers had answered before.
    pub of: usize,
}

impl BlindView {
    pub fn of(blind: &Blind) -> Self {
        Self {
            since_ms: blind.since_ms,
            failing: blind.failing,
            of: blind.of,
        }
    }
}

/// A computer with its latest values.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComputerRow {
    /// Its number.
    pub id: i64,
    /// The name that people gave it.
    pub name: String,
    /// Where its agent answers.
    pub url: String,
    /// Whether it is polled at all.
    pub polled: bool,
    /// `online` or `offline`.
    #[schema(value_type = vocabulary::Status)]
    pub status: &'static str,
    /// Its condition, as the server decides it.
    #[schema(value_type = ConditionCode)]
    pub condition: &'static str,
    /// Every value beyond its limit; empty unless `condition` is `needs_attention`.
    pub troubles: Vec<TroubleView>,
    /// The disk that will be full first; null if none will be within two weeks.
    pub filling: Option<FillingView>,
    /// Why it is down, in English; null if it is not.
    #[schema(example = "connection refused")]
    pub reason: Option<String>,
    /// The code of the reason.
    #[schema(value_type = Option<ReasonCode>)]
    pub reason_code: Option<&'static str>,
    /// The parameters of the reason; empty if it has none.
    #[schema(value_type = Object)]
    pub reason_params: Map<String, Value>,
    /// Since when it has been online or offline, in Unix milliseconds.
    pub since_ms: Option<i64>,
    /// When it last answered, in Unix milliseconds.
    pub last_seen_ms: Option<i64>,
    /// Set after a failed poll, until the next poll decides whether the computer is down.
    pub late: Option<LateView>,
    /// How far its clock is ahead of the server's, in seconds; negative if it is behind; null if it is unknown or
    /// less than 2.
    pub clock_ahead_s: Option<f64>,
    /// Its tags, in order.
    pub tags: Vec<String>,
    /// Facts that it reports about itself.
    pub facts: FactsView,
    /// Seconds since it started.
    pub uptime_s: Option<f64>,
    /// Load average of one minute.
    pub load_1m: Option<f64>,
    /// Its latest sample.
    pub sample: Option<SampleView>,
    /// The disk that will be full first; null if none will be within 90 days.
    pub disk_full: Option<DiskFullView>,
    /// Whether its agent has a new token and still accepts the old one, for a day at most.
    pub token_renewed: bool,
}

/// A failed poll.
#[derive(Debug, Serialize, ToSchema)]
pub struct LateView {
    /// When it first failed, in Unix milliseconds.
    pub since_ms: i64,
    /// Why, in English.
    #[schema(example = "no answer within 10 s")]
    pub reason: String,
    /// The code of the reason.
    #[schema(value_type = ReasonCode)]
    pub reason_code: &'static str,
    /// The parameters of the reason; empty if it has none.
    #[schema(value_type = Object)]
    pub reason_params: Map<String, Value>,
}

impl LateView {
    fn of(late: &Late) -> Self {
        Self {
            since_ms: late.since_ms,
            reason: reason_text(&late.reason),
            reason_code: late.reason.code(),
            reason_params: late.reason.params(),
        }
    }
}

/// Network delay makes a clock look wrong by less than this.
const CLOCK_IS_WRONG_FROM_S: f64 = 2.0;

fn clock_ahead_s(latest: &Latest) -> Option<f64> {
    let ahead_s = latest.glance.clock_ahead_s?;
    (ahead_s.abs() >= CLOCK_IS_WRONG_FROM_S).then(|| ahead_s.round())
}

/// A disk that is filling up.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiskFullView {
    /// When it will be full at the rate of the last days, in Unix milliseconds.
    pub at_ms: i64,
    /// Where it is mounted.
    #[schema(example = "/data")]
    pub disk: String,
}

impl DiskFullView {
    fn of(full: &DiskFull) -> Self {
        Self {
            at_ms: full.at_ms,
            disk: full.disk.clone(),
        }
    }
}

impl ComputerRow {
    pub fn of(latest: &Latest) -> Self {
        let state = &latest.state;
        let why = ReasonView::from(reason(latest).as_ref());
        let (troubles, filling) = assessment_views(&state.assessment, state.last_seen_ms);
        Self {
            id: latest.id,
            name: latest.name.clone(),
            url: latest.url.clone(),
            polled: latest.polled,
            status: state.status.as_str(),
            condition: state.assessment.condition.code(),
            troubles,
            filling,
            reason: why.text,
            reason_code: why.code,
            reason_params: why.params,
            since_ms: latest.state.since_ms,
            last_seen_ms: latest.state.last_seen_ms,
            late: latest.late.as_ref().map(LateView::of),
            clock_ahead_s: clock_ahead_s(latest),
            tags: latest.tags.clone(),
            facts: FactsView::of(&latest.state.facts),
            uptime_s: latest.glance.uptime_s,
            load_1m: latest.glance.load_1m,
            sample: latest.sample.as_ref().map(SampleView::of),
            disk_full: latest.disk_full.as_ref().map(DiskFullView::of),
            token_renewed: latest.glance.token_renewed,
        }
    }
}

/// A computer with everything that is known about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComputerDetail {
    /// The fields of the overview.
    #[serde(flatten)]
    pub row: ComputerRow,
    /// The note that people wrote about it; often empty.
    pub note: String,
    /// The pinned certificate of its agent, as SHA-256 in lower-case hexadecimal; null if none is pinned.
    pub tls_sha256: Option<String>,
    /// The certificate that its agent shows, if the poll fails because of it.
    pub tls_sha256_found: Option<String>,
    /// Memory available to programs, in bytes.
    pub memory_available: Option<i64>,
    /// Free space on the root disk, in bytes.
    pub disk_free: Option<i64>,
    /// All other series, by name.
    #[schema(value_type = HashMap<String, f64>)]
    pub series: serde_json::Value,
}

impl ComputerDetail {
    pub fn of(latest: &Latest) -> Self {
        let series = latest.sample.as_ref().map(further);
        Self {
            row: ComputerRow::of(latest),
            note: latest.note.clone(),
            tls_sha256: latest.tls_sha256.clone(),
            tls_sha256_found: latest.tls_sha256_found.clone(),
            memory_available: latest.glance.memory_available,
            disk_free: latest.glance.disk_free,
            series: series.unwrap_or_else(|| serde_json::json!({})),
        }
    }
}

/// Facts that a computer reports about itself and that seldom change.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactsView {
    /// Its host name.
    pub hostname: Option<String>,
    /// `Linux`, `Windows` or `Darwin`.
    pub system: Option<String>,
    /// The operating system's name and version.
    pub os: Option<String>,
    /// The kernel's release.
    pub kernel: Option<String>,
    /// The agent's version; none for the FastAPI client.
    pub agent_version: Option<String>,
    /// When it started, in Unix seconds by its own clock.
    pub boot_time_s: Option<f64>,
}

impl FactsView {
    fn of(facts: &muster_store::Facts) -> Self {
        Self {
            hostname: facts.hostname.clone(),
            system: facts.system.clone(),
            os: facts.os.clone(),
            kernel: facts.kernel.clone(),
            agent_version: facts.agent_version.clone(),
            boot_time_s: facts.boot_time_s,
        }
    }
}
