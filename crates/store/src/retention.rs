//! Retention: deletes expired samples.

use crate::{Result, Span};
use async_trait::async_trait;

/// Deletes samples slice by slice, so that new ones are stored in between. Leaves removed computers out: their data
/// is deleted anyway.
#[async_trait]
pub trait Retention: Send + Sync {
    /// The span from the oldest to the newest sample of all computers.
    async fn whole_span(&self) -> Result<Option<Span>>;

    /// The computers for which [`Retention::delete_before`] would delete something.
    async fn computers_with_samples_before(&self, before_ms: i64) -> Result<Vec<i64>>;

    /// Deletes at most `rows` samples of one computer that are older than `before_ms`, or some of its sealed
    /// periods, and returns the number of samples; zero once there are none. A sealed day is deleted as a whole,
    /// once its newest sample is old enough; a month of which only some days are old enough is first split into its
    /// days. Older events are deleted too, except the last of them and the one that the computer was added.
    async fn delete_before(&self, computer_id: i64, before_ms: i64, rows: u32) -> Result<u64>;
}
