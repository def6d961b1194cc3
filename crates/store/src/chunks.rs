//! Sealed chunks: immutable values under (computer, series, period).
//!
//! [`ChunkStore`] is all that the store needs of the place where chunks are stored. Here this is SQLite, and the
//! transaction that stores chunks also seals the rows. Files or object storage can replace it although they have no
//! transactions, because a chunk never changes: a changed period is stored as a newer version, and its rows are
//! deleted only after that. A kill in between leaves samples both as rows and in chunks. Every reader counts such a
//! sample once, and the next sealing merges it away.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::BTreeSet;

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodLength {
    /// An hour (UTC).
    Hour,
    /// A day (UTC), merged from its hours once it is over.
    Day,
    /// A calendar month (UTC), merged from its days once it is over.
    Month,
}

/// A period of a computer's history. Late samples of a month are in days beside it, and those of a day in hours; no
/// sample is in two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeriodKey {
    /// Its start, in Unix milliseconds.
    pub start_ms: i64,
    /// Its length.
    pub length: PeriodLength,
    /// Starts at 1 and rises each time late samples are added.
    pub version: i64,
}

impl PeriodKey {
    /// The next version of a period, which may be one of the stored ones.
    pub(crate) fn next_version(stored: &[PeriodInfo], start_ms: i64, length: PeriodLength) -> Self {
        let keys = stored.iter().map(|info| info.period);
        let own = keys.filter(|key| (key.start_ms, key.length) == (start_ms, length));
        Self {
            start_ms,
            length,
            version: own.map(|key| key.version).max().unwrap_or(0) + 1,
        }
    }
}

/// A stored period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodInfo {
    /// The period.
    pub period: PeriodKey,
    /// Its first sample, in Unix milliseconds.
    pub first_ms: i64,
    /// Its last sample, in Unix milliseconds.
    pub last_ms: i64,
    /// The number of its samples.
    pub samples: u64,
}

/// The chunks of one period with the numbers of their series, in rising order. Number 0 has the moments; the caller
/// assigns the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkSet {
    /// The period.
    pub info: PeriodInfo,
    /// The chunks. The bytes stay in the buffer that the database read them into.
    pub chunks: Vec<(i64, Bytes)>,
}

impl ChunkSet {
    /// The chunk of a series.
    #[must_use]
    pub fn chunk(&self, series: i64) -> Option<&[u8]> {
        let place = self
            .chunks
            .binary_search_by_key(&series, |&(number, _)| number)
            .ok()?;
        Some(&self.chunks[place].1)
    }
}

/// Selects series.
#[derive(Clone, Copy, Debug)]
pub enum SeriesFilter<'a> {
    /// All series.
    All,
    /// The existing series among these numbers.
    Only(&'a [i64]),
}

/// Stores chunks.
#[async_trait]
pub trait ChunkStore: Send {
    /// Stores all chunks of a period. Its version must be newer than the stored one, which it replaces atomically.
    async fn put(&mut self, computer_id: i64, set: &ChunkSet) -> Result<()>;

    /// The selected chunks of consecutive periods of a [`ChunkStore::list`], in their order. Leaves out periods that
    /// were deleted meanwhile.
    async fn get(
        &mut self,
        computer_id: i64,
        wanted: SeriesFilter<'_>,
        range: &[PeriodInfo],
    ) -> Result<Vec<ChunkSet>>;

    /// The newest versions of the periods that have samples in `from_ms <= moment < to_ms`, ordered by their first
    /// samples.
    async fn list(&mut self, computer_id: i64, from_ms: i64, to_ms: i64)
    -> Result<Vec<PeriodInfo>>;

    /// The numbers of the series in these periods.
    async fn series(&mut self, computer_id: i64, periods: &[PeriodInfo]) -> Result<BTreeSet<i64>>;

    /// Deletes a period. Returns false if it does not exist or is newer than this version.
    async fn delete(&mut self, computer_id: i64, period: PeriodKey) -> Result<bool>;
}
