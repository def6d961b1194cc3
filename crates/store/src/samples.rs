//! Samples: the values that a computer reported, one sample for each poll.

use crate::{ComputerState, Event, Result};
use async_trait::async_trait;
use muster_history::Buckets;
use std::collections::BTreeMap;

/// The values of one computer at one moment. The computer and the millisecond identify it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// The computer.
    pub computer_id: i64,
    /// When it arrived, in Unix milliseconds.
    pub timestamp_ms: i64,
    /// CPU use in percent of all cores.
    pub cpu_percent: Option<f64>,
    /// Physical memory in bytes.
    pub memory_total: Option<i64>,
    /// Memory in use, in bytes.
    pub memory_used: Option<i64>,
    /// Memory in use, in percent.
    pub memory_percent: Option<f64>,
    /// The root disk's size in bytes.
    pub disk_total: Option<i64>,
    /// Its used space in bytes.
    pub disk_used: Option<i64>,
    /// Its used space in percent.
    pub disk_percent: Option<f64>,
    /// Bytes sent since the interfaces came up.
    pub network_bytes_sent: Option<i64>,
    /// Bytes received since the interfaces came up.
    pub network_bytes_recv: Option<i64>,
    /// Bytes sent per second.
    pub network_sent_per_sec: Option<f64>,
    /// Bytes received per second.
    pub network_recv_per_sec: Option<f64>,
    /// All further series: a flat JSON object of numbers by name.
    pub extra: Option<String>,
}

impl Sample {
    /// The series that have columns of their own, as the API names them.
    pub const COLUMNS: [&'static str; 11] = [
        "cpu_percent",
        "memory_total",
        "memory_used",
        "memory_percent",
        "disk_total",
        "disk_used",
        "disk_percent",
        "network_bytes_sent",
        "network_bytes_recv",
        "network_sent_per_sec",
        "network_recv_per_sec",
    ];
}

/// A query for charts of one computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartQuery {
    /// The computer.
    pub computer_id: i64,
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// To this moment, exclusive.
    pub to_ms: i64,
    /// The maximum number of buckets.
    pub points: u32,
    /// Each one of [`Sample::COLUMNS`] or a name in `extra`.
    pub series: Vec<String>,
}

impl ChartQuery {
    /// The empty buckets.
    #[must_use]
    pub fn empty(&self) -> Buckets {
        Buckets::new(self.from_ms, self.to_ms, self.points)
    }
}

/// A query for the sparklines of many computers: one column over the last hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinesQuery {
    /// The computers, each once.
    pub computer_ids: Vec<i64>,
    /// One of [`Sample::COLUMNS`].
    pub column: &'static str,
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// The width of a step.
    pub step_ms: i64,
    /// The number of steps.
    pub steps: u32,
}

/// From the first to the last sample, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The oldest sample.
    pub first_ms: i64,
    /// The newest sample.
    pub last_ms: i64,
}

/// Stores and reads samples.
#[async_trait]
pub trait Samples: Send + Sync {
    /// Stores samples, states and events in one transaction. Silently leaves out what belongs to computers that do
    /// not exist, and samples that are stored already.
    async fn record(
        &self,
        samples: &[Sample],
        states: &[ComputerState],
        events: &[Event],
    ) -> Result<()>;

    /// The newest sample of each computer that has one.
    async fn latest(&self) -> Result<Vec<Sample>>;

    /// The samples of one computer with `from_ms <= timestamp_ms < to_ms`, oldest first, at most `limit`. For more,
    /// callers continue at the millisecond after the last one.
    async fn samples(
        &self,
        computer_id: i64,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Sample>>;

    /// The buckets of each series, in the order of the query. An unknown series has no values.
    async fn chart(&self, query: &ChartQuery) -> Result<Vec<Buckets>>;

    /// The averages of one column in equal steps, by the number of the computer. Reads rows and sealed samples. A
    /// computer that does not exist has no values.
    async fn lines(&self, query: &LinesQuery) -> Result<BTreeMap<i64, Vec<Option<f64>>>>;

    /// The moments of the samples of one computer with `from_ms <= timestamp_ms < to_ms`, rising.
    async fn moments(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<i64>>;

    /// The sorted names in `extra` in `from_ms <= timestamp_ms < to_ms`. If there are many samples, only some,
    /// spread over the time, are read.
    async fn extra_names(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<String>>;

    /// The spans within `from_ms <= timestamp_ms < to_ms` that were found damaged since the store was opened, oldest
    /// first. Readers leave out the damaged data.
    fn damaged(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Span>;

    /// The span of a computer's history.
    async fn span(&self, computer_id: i64) -> Result<Option<Span>>;
}
