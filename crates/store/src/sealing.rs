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

    /// Gives at most so many unused pages back to the file system, and says whether there are more.
    async fn give_back_space(&self, pages: u32) -> Result<bool>;
}
