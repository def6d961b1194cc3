//! Reasons and conditions as the API sends them.

use crate::http::vocabulary::codes;
use crate::live::Limits;
use crate::text::reason_text;
use muster_store::{Assessment, Condition, Filling, Measurement, Reason, Trouble};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

codes! {
    /// Every code of a reason or cause.
    ReasonCode = Reason::CODES;
    /// Every condition, worst first.
    ConditionCode = Condition::CODES;
    /// Everything that has a limit.
    MeasurementCode = Measurement::CODES;
}

/// A reason: a code with parameters, and the same in English.
#[derive(Debug, Serialize)]
pub struct ReasonView {
    pub text: Option<String>,
    pub code: Option<&'static str>,
    pub params: Map<String, Value>,
}

impl From<Option<&Reason>> for ReasonView {
    fn from(reason: Option<&Reason>) -> Self {
        Self {
            text: reason.map(reason_text),
            code: reason.map(Reason::code),
            params: reason.map(Reason::params).unwrap_or_default(),
        }
    }
}

/// A value beyond its limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct TroubleView {
    /// What was measured.
    #[schema(value_type = MeasurementCode)]
    pub measurement: &'static str,
    /// In per cent; for `disk_filling` the hours until the disk is full.
    pub value: f64,
    /// The limit, in the same unit.
    pub limit: f64,
    /// Where the disk is mounted; null for CPU and memory.
    #[schema(required)]
    pub instance: Option<String>,
}

impl From<&Trouble> for TroubleView {
    fn from(trouble: &Trouble) -> Self {
        Self {
            measurement: trouble.measurement.code(),
            value: trouble.value,
            limit: trouble.limit,
            instance: trouble.instance.clone(),
        }
    }
}

/// A disk that will be full within two weeks at the rate of the last days.
#[derive(Debug, Serialize, ToSchema)]
pub struct FillingView {
    /// Where it is mounted.
    pub instance: String,
    /// When it will be full, in Unix milliseconds.
    pub at_ms: i64,
    /// Seconds from the computer's last sample until then.
    pub in_s: i64,
}

impl FillingView {
    fn new(filling: &Filling, last_seen_ms: Option<i64>) -> Self {
        let from_ms = last_seen_ms.unwrap_or(filling.at_ms);
        Self {
            instance: filling.instance.clone(),
            at_ms: filling.at_ms,
            in_s: filling.at_ms.saturating_sub(from_ms).max(0) / 1_000,
        }
    }
}

/// The troubles and the filling disk of a computer.
pub fn assessment_views(
    assessment: &Assessment,
    last_seen_ms: Option<i64>,
) -> (Vec<TroubleView>, Option<FillingView>) {
    let troubles = assessment.troubles.iter().map(TroubleView::from).collect();
    let filling = assessment.filling.as_ref();
    let filling = filling.map(|filling| FillingView::new(filling, last_seen_ms));
    (troubles, filling)
}

/// The limits at which a computer needs attention.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsView {
    /// CPU use in per cent.
    pub cpu_percent: f64,
    /// Memory use in per cent.
    pub memory_percent: f64,
    /// Use of a disk in per cent.
    pub disk_percent: f64,
    /// A disk that will be full within this many seconds needs attention.
    pub disk_full_within_s: i64,
    /// A disk that will be full within this many seconds is shown as filling.
    pub disk_filling_within_s: i64,
}

impl From<Limits> for LimitsView {
    fn from(limits: Limits) -> Self {
        Self {
            cpu_percent: limits.cpu_percent,
            memory_percent: limits.memory_percent,
            disk_percent: limits.disk_percent,
            disk_full_within_s: limits.full_soon_ms / 1_000,
            disk_filling_within_s: limits.filling_ms / 1_000,
        }
    }
}
