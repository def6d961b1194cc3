//! Sealing: old rows become chunks.

use crate::Result;
use async_trait::async_trait;

/// Moves samples to where they take a tenth of the room.
#[async_trait]
pub trait Sealing: Send + Sync {
    /// The oldest sample of each computer that is not sealed and could be: a computer's newest sample never
    /// is, since everybody asks for it.
    async fn oldest_unsealed(&self) -> Result<Vec<(i64, i64)>>;

    /// Seals the samples of one computer that are older than `before_ms`, those of the oldest day among
    /// them; the answer is how many these were, and zero once there are none.
    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64>;

    /// The oldest day of each computer, from `from_ms` on, whose samples are in no month yet.
    async fn oldest_unmerged(&self, from_ms: i64) -> Result<Vec<(i64, i64)>>;

    /// Makes a month (UTC) of its days, or adds to it what came late: the oldest one of that computer that
    /// begins at `from_ms` or later, ends by `before_ms` and has enough samples for that to be worth while.
    /// The answer is how many days these were, and zero once there are none.
    async fn merge_month(&self, computer_id: i64, from_ms: i64, before_ms: i64) -> Result<u64>;
}
