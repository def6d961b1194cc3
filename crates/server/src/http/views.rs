//! JSON that several handlers of the API send. JSON of a single handler is defined beside it.

mod overview;
mod reason;

pub use overview::{BlindView, ComputerDetail, ComputerRow, Overview};
pub use reason::{
    ConditionCode, LimitsView, ReasonCode, ReasonView, TroubleView, assessment_views,
};

use super::vocabulary;
use crate::live::Latest;
use crate::ops::clock;
use muster_store::{Process, Reason, Sample};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A computer as the Flask server listed it, with its condition and why it is down.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComputerEntry {
    /// Its number.
    pub id: i64,
    /// The name that people gave it.
    pub name: String,
    /// Where its agent answers.
    pub url: String,
    /// `online` or `offline`.
    #[schema(value_type = vocabulary::Status)]
    pub status: &'static str,
    /// Its condition, as the server decides it.
    #[schema(value_type = ConditionCode)]
    pub condition: &'static str,
    /// Every value beyond its limit; empty unless `condition` is `needs_attention`.
    pub troubles: Vec<TroubleView>,
    /// Why it is down, in English; null if it is not.
    #[schema(example = "connection refused")]
    pub reason: Option<String>,
    /// The code of the reason.
    #[schema(value_type = Option<ReasonCode>)]
    pub reason_code: Option<&'static str>,
    /// The parameters of the reason; empty if it has none.
    #[schema(value_type = Object)]
    pub reason_params: Map<String, Value>,
    /// When it last answered: UTC, with microseconds.
    #[schema(example = "2026-11-23 22:12:44.253495")]
    pub last_seen: Option<String>,
}

impl ComputerEntry {
    pub fn of(latest: &Latest) -> Self {
        let reason = ReasonView::from(reason(latest).as_ref());
        let assessment = &latest.state.assessment;
        let (troubles, _) = assessment_views(assessment, None);
        Self {
            id: latest.id,
            name: latest.name.clone(),
            url: latest.url.clone(),
            status: latest.state.status.as_str(),
            condition: assessment.condition.code(),
            troubles,
            reason: reason.text,
            reason_code: reason.code,
            reason_params: reason.params,
            last_seen: latest.state.last_seen_ms.map(clock::to_microsecond),
        }
    }
}

/// Why a computer is down, if it is.
fn reason(latest: &Latest) -> Option<Reason> {
    if !latest.polled {
        return Some(Reason::NotPolled);
    }
    latest.state.reason.clone()
}

/// All other series of a sample, by name.
pub fn further(sample: &Sample) -> serde_json::Value {
    let extra = sample.extra.as_deref();
    extra
        .and_then(|extra| serde_json::from_str(extra).ok())
        .unwrap_or_else(|| serde_json::json!({}))
}

/// The numbers of a sample: bytes, per cent, bytes a second.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleView {
    /// When it arrived, in Unix milliseconds.
    pub timestamp_ms: i64,
    #[serde(flatten)]
    pub numbers: Numbers,
}

impl SampleView {
    pub fn of(sample: &Sample) -> Self {
        Self {
            timestamp_ms: sample.timestamp_ms,
            numbers: Numbers::of(sample),
        }
    }
}

/// The values that have columns of their own: bytes, per cent, bytes per second.
#[derive(Debug, Serialize, ToSchema)]
pub struct Numbers {
    pub cpu_percent: Option<f64>,
    pub memory_total: Option<i64>,
    pub memory_used: Option<i64>,
    pub memory_percent: Option<f64>,
    pub disk_total: Option<i64>,
    pub disk_used: Option<i64>,
    pub disk_percent: Option<f64>,
    pub network_bytes_sent: Option<i64>,
    pub network_bytes_recv: Option<i64>,
    pub network_sent_per_sec: Option<f64>,
    pub network_recv_per_sec: Option<f64>,
}

impl Numbers {
    pub fn of(sample: &Sample) -> Self {
        Self {
            cpu_percent: sample.cpu_percent,
            memory_total: sample.memory_total,
            memory_used: sample.memory_used,
            memory_percent: sample.memory_percent,
            disk_total: sample.disk_total,
            disk_used: sample.disk_used,
            disk_percent: sample.disk_percent,
            network_bytes_sent: sample.network_bytes_sent,
            network_bytes_recv: sample.network_bytes_recv,
            network_sent_per_sec: sample.network_sent_per_sec,
            network_recv_per_sec: sample.network_recv_per_sec,
        }
    }
}

/// The processes of a computer's latest answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Processes {
    /// The computer's name.
    pub computer_name: String,
    /// At most 20, highest CPU first.
    pub processes: Vec<ProcessEntry>,
}

/// A process.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcessEntry {
    /// Process id.
    pub pid: i64,
    /// Its name.
    pub name: String,
    /// CPU use in per cent of one core.
    pub cpu_percent: f64,
    /// Resident memory in per cent.
    pub memory_percent: f64,
    /// Hours since it started.
    pub uptime_hours: Option<f64>,
}

impl ProcessEntry {
    pub fn of(process: &Process, now_ms: i64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "shown to a hundredth of an hour"
        )]
        let hours = (now_ms as f64 / 1000.0 - process.create_time_s) / 3600.0;
        Self {
            pid: process.pid,
            name: process.name.clone(),
            cpu_percent: process.cpu_percent,
            memory_percent: process.memory_percent,
            uptime_hours: (process.create_time_s > 0.0)
                .then(|| (hours.max(0.0) * 100.0).round() / 100.0),
        }
    }
}
