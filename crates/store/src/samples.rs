//! Samples: what a computer answered, one a poll, each kept as it came.

use crate::{ComputerState, Event, Result};
use async_trait::async_trait;
use muster_history::Buckets;
use std::collections::BTreeMap;

/// One reading of one computer. It is known by the computer and the millisecond of its arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Whose it is.
    pub computer_id: i64,
    /// When it arrived, in Unix milliseconds.
    pub timestamp_ms: i64,
    /// CPU use in per cent of all cores.
    pub cpu_percent: Option<f64>,
    /// Physical memory in bytes.
    pub memory_total: Option<i64>,
    /// Memory in use, in bytes.
    pub memory_used: Option<i64>,
    /// Memory in use, in per cent.
    pub memory_percent: Option<f64>,
    /// The root disk's size in bytes.
    pub disk_total: Option<i64>,
    /// What of it is taken, in bytes.
    pub disk_used: Option<i64>,
    /// What of it is taken, in per cent.
    pub disk_percent: Option<f64>,
    /// Bytes sent since the interfaces came up.
    pub network_bytes_sent: Option<i64>,
    /// Bytes received since the interfaces came up.
    pub network_bytes_recv: Option<i64>,
    /// Bytes sent a second.
    pub network_sent_per_sec: Option<f64>,
    /// Bytes received a second.
    pub network_recv_per_sec: Option<f64>,
    /// Every further reading: a flat JSON object of numbers by name.
    pub extra: Option<String>,
}

impl Sample {
    /// The names of the numbers that stand in columns of their own, as the API has them too.
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

/// What a chart shows of one computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartQuery {
    /// The computer.
    pub computer_id: i64,
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// To before this moment.
    pub to_ms: i64,
    /// Buckets, at most.
    pub points: u32,
    /// Each one of [`Sample::COLUMNS`] or a name in `extra`.
    pub series: Vec<String>,
}

impl ChartQuery {
    /// The buckets, still empty.
    #[must_use]
    pub fn empty(&self) -> Buckets {
        Buckets::new(self.from_ms, self.to_ms, self.points)
    }
}

/// What small lines show: one column of many computers at once, of a time so near that nothing of it is
/// sealed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinesQuery {
    /// The computers, none twice.
    pub computer_ids: Vec<i64>,
    /// One of [`Sample::COLUMNS`].
    pub column: &'static str,
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// The width of a step.
    pub step_ms: i64,
    /// How many steps there are.
    pub steps: u32,
}

/// From the first to the last sample of a computer, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The oldest sample.
    pub first_ms: i64,
    /// The newest.
    pub last_ms: i64,
}

/// Samples.
#[async_trait]
pub trait Samples: Send + Sync {
    /// Stores samples, what became known of computers with them and what happened, all or nothing, in one
    /// transaction. What belongs to a computer that is gone is left out in silence, and a sample that is
    /// there already too.
    async fn record(
        &self,
        samples: &[Sample],
        states: &[ComputerState],
        events: &[Event],
    ) -> Result<()>;

    /// The newest sample of each computer that has one.
    async fn latest(&self) -> Result<Vec<Sample>>;

    /// The samples of one computer with `from_ms <= timestamp_ms < to_ms`, oldest first, at most
    /// `limit`: who wants more goes on from the millisecond after the last.
    async fn samples(
        &self,
        computer_id: i64,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Sample>>;

    /// Buckets of each series, in the order asked for. One that nobody ever sent has no value anywhere.
    async fn chart(&self, query: &ChartQuery) -> Result<Vec<Buckets>>;

    /// The averages of equal steps of one column for each computer, by its number, out of one question to the
    /// database. What is sealed is not looked at: who asks, asks for the last hours. A computer that is not
    /// there has no value.
    async fn lines(&self, query: &LinesQuery) -> Result<BTreeMap<i64, Vec<Option<f64>>>>;

    /// The moments of the samples of one computer with `from_ms <= timestamp_ms < to_ms`, rising.
    async fn moments(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<i64>>;

    /// The names in `extra` in `from_ms <= timestamp_ms < to_ms`, in order, none twice. Where there are
    /// many samples only some of them, spread over the time, are looked at.
    async fn extra_names(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<String>>;

    /// The stretches of `from_ms <= timestamp_ms < to_ms` in which reading came upon damage since the store was
    /// opened, oldest first. Whatever is read of them leaves out what is damaged.
    fn damaged(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Span>;

    /// Where the history of a computer begins and ends.
    async fn span(&self, computer_id: i64) -> Result<Option<Span>>;
}
