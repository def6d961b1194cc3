//! Retention: samples that are too old are deleted.

use crate::{Result, Span};
use async_trait::async_trait;

/// Deletes samples, slice by slice, so that storing goes on in between. A removed computer counts for
/// nothing here: what it left is deleted anyway.
#[async_trait]
pub trait Retention: Send + Sync {
    /// From the oldest to the newest sample of all computers together.
    async fn whole_span(&self) -> Result<Option<Span>>;

    /// The computers that [`Retention::delete_before`] would find something of.
    async fn computers_with_samples_before(&self, before_ms: i64) -> Result<Vec<i64>>;

    /// Deletes at most so many samples of one computer that are older than `before_ms`, or some of its
    /// sealed days, and answers how many samples that were; zero once there are none. A sealed day goes
    /// whole, once the newest sample in it is old enough; a month of which only some days are that old is
    /// taken apart into its days first. Events before `before_ms` go along, but for the last of them and for
    /// the one that the computer was added.
    async fn delete_before(&self, computer_id: i64, before_ms: i64, rows: u32) -> Result<u64>;
}
