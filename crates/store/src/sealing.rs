//! HistorySealing: old rows become chunks.

use crate::Result;
use async_trait::async_trait;

/// The oldest sample of a computer that is not sealed and could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealCandidate {
    /// The computer.
    pub computer_id: i64,
    /// When the sample arrived, in Unix milliseconds.
    pub oldest_ms: i64,
    /// How many there are from it to the end of its hour (UTC), at least.
    pub in_hour: usize,
}

/// Moves samples to where they take a tenth of the room: into hours, which become days, which become months.
#[async_trait]
pub trait HistorySealing: Send + Sync {
    /// The oldest sample of each computer that is not sealed and could be: a computer's newest sample never
    /// is, since everybody asks for it.
    async fn seal_candidates(&self) -> Result<Vec<SealCandidate>>;

    /// Seals the samples of some computers that are older than `before_ms`, of each those of its oldest hour,
    /// or adds them to the day where that is sealed: all or nothing, in one transaction, since what one of them
    /// writes the others need not write again. The answer is how many samples these were, and zero once there
    /// are none.
    async fn seal_hours(&self, computer_ids: &[i64], before_ms: i64) -> Result<u64>;

    /// Seals the samples of one computer that are older than `before_ms`, those of the oldest day among them,
    /// with the hours of that day; the answer is as above.
    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64>;

    /// From now on what is sealed and arrived before that moment gives way to what is stored: a sample for a
    /// sample, whose room it takes in the same transaction, so that it is not written twice. To leave the old
    /// ones until then costs nothing but room; that all of a time are sealed by then matters, since those that
    /// lie side by side go together.
    async fn reuse_sealed_rows(&self, before_ms: i64) -> Result<()>;

    /// Deletes what is left of samples that are sealed, in the order in which they arrived: at most so many
    /// that arrived before `before_ms`. Says whether there may be more.
    async fn delete_sealed_rows(&self, before_ms: i64, rows: u32) -> Result<bool>;

    /// The oldest hour of each computer that is in no day yet.
    async fn oldest_unmerged_hours(&self) -> Result<Vec<(i64, i64)>>;

    /// Makes a day of its hours: the oldest one of that computer that ends by `before_ms`. The answer is how
    /// many hours these were, and zero once there are none.
    async fn merge_day(&self, computer_id: i64, before_ms: i64) -> Result<u64>;

    /// The oldest day of each computer, from `from_ms` on, whose samples are in no month yet.
    async fn oldest_unmerged_days(&self, from_ms: i64) -> Result<Vec<(i64, i64)>>;

    /// Makes a month (UTC) of its days, or adds to it what came late: the oldest one of that computer that
    /// begins at `from_ms` or later, ends by `before_ms` and has enough samples for that to be worth while.
    /// The answer is how many days these were, and zero once there are none.
    async fn merge_month(&self, computer_id: i64, from_ms: i64, before_ms: i64) -> Result<u64>;
}
