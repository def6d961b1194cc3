//! What is wrong with chunks, in words.

use muster_history::{ChunkError, EncodeError};
use thiserror::Error;

/// What is wrong with the chunks of a period.
#[derive(Debug, Error)]
pub(crate) enum SealedError {
    #[error("there are no moments")]
    NoTimes,
    #[error("the chunk of the moments: {0}")]
    Times(ChunkError),
    #[error("the chunk of series {0}: {1}")]
    Series(i64, ChunkError),
    #[error("series {0} has {1} values for {2} moments")]
    Length(i64, usize, usize),
    #[error("series {0} follows from a counter that is missing")]
    NoCounter(i64),
    #[error("series {0} was timed by a clock that is missing")]
    NoClock(i64),
    #[error("cannot be encoded: {0}")]
    Encode(#[from] EncodeError),
}

impl SealedError {
    /// The series without which the others can be read, where it is one alone.
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
