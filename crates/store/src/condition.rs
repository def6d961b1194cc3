//! How a computer stands: data, decided by the server and stored with its state.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr, VariantNames};

/// How a computer stands, worst first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumIter,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Condition {
    /// It does not answer.
    Down,
    /// It answers, and a value is beyond its limit.
    NeedsAttention,
    /// Its last poll failed; the next one decides.
    Late,
    /// It was added and has not been polled yet.
    #[default]
    Waiting,
    /// It answers, and nothing is beyond a limit.
    Healthy,
    /// It is not polled at all.
    NotPolled,
}

impl Condition {
    /// Every code.
    pub const CODES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The code in the API and in the database, such as `needs_attention`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What is measured against a limit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Measurement {
    /// CPU use in per cent.
    Cpu,
    /// Memory use in per cent.
    Memory,
    /// Use of a disk in per cent.
    Disk,
    /// Hours until a disk is full.
    DiskFilling,
}

impl Measurement {
    /// Every code.
    pub const CODES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The code in the API, such as `disk_filling`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A value beyond its limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// What was measured.
    pub measurement: Measurement,
    /// Per cent, or hours.
    pub value: f64,
    /// The limit, in the same unit.
    pub limit: f64,
    /// Which disk; `None` where there is only one of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// A disk that will be full soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// Where it is mounted.
    pub instance: String,
    /// When it will be full, in Unix milliseconds.
    pub at_ms: i64,
}

/// A computer's condition and what it follows from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// How it stands.
    pub condition: Condition,
    /// Every value beyond its limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<Trouble>,
    /// The disk that will be full first, where one will be within two weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filling: Option<Filling>,
}
