//! Sealing: turns old rows into chunks.

use crate::Result;
use async_trait::async_trait;

/// A computer that has samples to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealCandidate {
    /// The computer.
    pub computer_id: i64,
    /// The moment of its oldest unsealed sample, in Unix milliseconds.
    pub oldest_ms: i64,
    /// The number of unsealed samples from then to the end of that hour (UTC).
    pub in_hour: usize,
}

/// Seals samples, which then take a tenth of the space: rows become hours, hours become days, days become months.
#[async_trait]
pub trait HistorySealing: Send + Sync {
    /// The computers that have samples to seal. The newest sample of a computer is never sealed, since it is read
    /// often.
    async fn seal_candidates(&self) -> Result<Vec<SealCandidate>>;

    /// Seals samples older than `before_ms`: for each of these computers those of its oldest hour, or adds them to
    /// the day if that is sealed. All in one transaction, which writes shared pages once. Returns the number of
    /// samples; zero once there are none.
    async fn seal_hours(&self, computer_ids: &[i64], before_ms: i64) -> Result<u64>;

    /// Seals samples of one computer older than `before_ms`: those of the oldest day, together with the hours of
    /// that day. Returns the number of samples; zero once there are none.
    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64>;

    /// From now on, new samples reuse the space of sealed rows that arrived before `before_ms`: each transaction
    /// deletes as many as it stores, which saves writes. All rows of that time should be sealed, since whole pages
    /// are reused.
    async fn reuse_sealed_rows(&self, before_ms: i64) -> Result<()>;

    /// Deletes at most `rows` sealed rows that arrived before `before_ms`, in the order of their arrival. Returns
    /// whether there may be more.
    async fn delete_sealed_rows(&self, before_ms: i64, rows: u32) -> Result<bool>;

    /// The oldest hour of each computer that is not merged into a day yet.
    async fn oldest_unmerged_hours(&self) -> Result<Vec<(i64, i64)>>;

    /// Merges the hours of a day: the computer's oldest one that ends by `before_ms`. Returns the number of hours;
    /// zero once there are none.
    async fn merge_day(&self, computer_id: i64, before_ms: i64) -> Result<u64>;

    /// The oldest day of each computer, from `from_ms` on, that is not merged into a month yet.
    async fn oldest_unmerged_days(&self, from_ms: i64) -> Result<Vec<(i64, i64)>>;

    /// Merges the days of a month (UTC), or adds late days to it: the computer's oldest one that begins at `from_ms`
    /// or later, ends by `before_ms` and has enough samples. Returns the number of days; zero once there are none.
    async fn merge_month(&self, computer_id: i64, from_ms: i64, before_ms: i64) -> Result<u64>;
}
