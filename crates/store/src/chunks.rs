//! Sealed chunks: immutable values under (computer, series, period).
//!
//! [`ChunkStore`] is all that the store needs of the place where they lie. Here that is SQLite, within the
//! transaction in which rows become chunks. Files or object storage can take its place, though they know no
//! transactions, since a chunk never changes: what becomes of a period is put as a newer version of it, and
//! only then are the rows deleted that went into it. Who is killed in between leaves samples that are both
//! rows and in chunks; every reader takes such a sample once, and the next sealing merges it away.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::BTreeSet;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodLength {
    /// An hour (UTC).
    Hour,
    /// A day (UTC), made of its hours once it is over.
    Day,
    /// A calendar month (UTC), made of its days once it is over.
    Month,
}

/// Which stretch of a computer's history some chunks hold. A month may have days beside it, which hold what
/// came late, and a day hours; no sample is in two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeriodKey {
    /// Where it begins, in Unix milliseconds.
    pub start_ms: i64,
    /// How long it is.
    pub length: PeriodLength,
    /// Counts up from 1, each time that samples come to it late.
    pub version: i64,
}

/// A period that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodInfo {
    /// The period.
    pub period: PeriodKey,
    /// Its first sample, in Unix milliseconds.
    pub first_ms: i64,
    /// Its last.
    pub last_ms: i64,
    /// How many there are.
    pub samples: u64,
}

/// ChunkStore of one period, each with the number of its series, which rise: 0 is the period's times, and what
/// the others are is the business of whoever puts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkSet {
    /// Whose chunks these are.
    pub info: PeriodInfo,
    /// The chunks; bytes that a database read stay where it left them.
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

/// Which series.
#[derive(Clone, Copy, Debug)]
pub enum SeriesFilter<'a> {
    /// Every one.
    All,
    /// Those of these numbers that there are.
    Only(&'a [i64]),
}

/// The place where chunks lie.
#[async_trait]
pub trait ChunkStore: Send {
    /// Puts all chunks of a period. It must be a newer version of it than is there, whose place it takes at
    /// once; until then the older one is what is read.
    async fn put(&mut self, computer_id: i64, set: &ChunkSet) -> Result<()>;

    /// The wanted chunks of a range of periods, which were [`ChunkStore::list`]ed one after another; in their
    /// order. A period that is gone meanwhile is left out.
    async fn get(
        &mut self,
        computer_id: i64,
        wanted: SeriesFilter<'_>,
        range: &[PeriodInfo],
    ) -> Result<Vec<ChunkSet>>;

    /// The periods, in their newest versions, that have samples in `from_ms <= moment < to_ms`, in the order
    /// of their first samples.
    async fn list(&mut self, computer_id: i64, from_ms: i64, to_ms: i64)
    -> Result<Vec<PeriodInfo>>;

    /// The numbers of the series in these periods.
    async fn series(&mut self, computer_id: i64, periods: &[PeriodInfo]) -> Result<BTreeSet<i64>>;

    /// Deletes a period; false where it is gone, or newer than that version.
    async fn delete(&mut self, computer_id: i64, period: PeriodKey) -> Result<bool>;
}
