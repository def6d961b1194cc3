//! Decodes and encodes periods on threads that may block: it takes milliseconds.

use crate::sealed::SealedError;
use crate::{Error, PeriodInfo, Result};

/// Runs `work` on a period of a computer.
pub(super) async fn blocking<T: Send + 'static>(
    computer_id: i64,
    info: &PeriodInfo,
    work: impl FnOnce() -> Result<T, SealedError> + Send + 'static,
) -> Result<T> {
    let damaged =
        |error: &dyn std::fmt::Display| Error::damaged_period(computer_id, info.period, error);
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| damaged(&error)),
        Err(error) => Err(damaged(&error)),
    }
}
