//! Whether a chunk is whole.

use crate::format::{TIMES, read_chunk};
use crate::{ChunkError, Column, decode_times};

/// Decodes all that a chunk holds, and returns how many entries it has.
///
/// Rates are decoded as far as they are stored; what follows from a counter needs no proof of its own.
pub fn verify(bytes: &[u8]) -> Result<usize, ChunkError> {
    if read_chunk(bytes)?.kind == TIMES {
        return decode_times(bytes).map(|times| times.len());
    }
    let mut column = Column::open(bytes)?;
    column.verify()?;
    Ok(column.len())
}
