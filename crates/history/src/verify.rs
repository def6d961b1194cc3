//! Checks whether a chunk is intact.

use crate::format::{TIMES, read_chunk};
use crate::{ChunkError, Column, decode_times};

/// Decodes everything in a chunk, and returns its number of entries.
///
/// Only the stored rates are decoded; computed ones need no check.
pub fn verify(bytes: &[u8]) -> Result<usize, ChunkError> {
    if read_chunk(bytes)?.kind == TIMES {
        return decode_times(bytes).map(|times| times.len());
    }
    let mut column = Column::open(bytes)?;
    column.verify()?;
    Ok(column.len())
}
