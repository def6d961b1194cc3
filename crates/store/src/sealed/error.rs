//! Errors of chunks.

use muster_history::{ChunkError, EncodeError};
use thiserror::Error;

/// Damage in the chunks of a period.
#[derive(Debug, Error)]
pub(crate) enum SealedError {
    #[error("its moments are missing")]
    NoTimes,
    #[error("the chunk of the moments: {0}")]
    Times(ChunkError),
    #[error("the chunk of series {0}: {1}")]
    Series(i64, ChunkError),
    #[error("series {0} has {1} values for {2} moments")]
    Length(i64, usize, usize),
    #[error("series {0} is derived from a counter that is missing")]
    NoCounter(i64),
    #[error("series {0} depends on a clock that is missing")]
    NoClock(i64),
    #[error("encoding failed: {0}")]
    Encode(#[from] EncodeError),
}

impl SealedError {
    /// The damaged series, if the others can be read without it.
    pub(crate) fn series(&self) -> Option<i64> {
        match self {
            Self::Series(id, _)
            | Self::Length(id, _, _)
            | Self::NoCounter(id)
            | Self::NoClock(id) => Some(*id),
            Self::NoTimes | Self::Times(_) | Self::Encode(_) => None,
        }
    }
}
