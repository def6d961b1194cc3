//! What can be wrong with numbers that shall become a chunk, and with bytes that say they are one.

use crate::format::{MAX_ENTRIES, VERSION};

/// Why numbers do not become a chunk.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// More entries than a chunk may have.
    #[error("a chunk holds at most {MAX_ENTRIES} entries, and this one would have {0}")]
    TooMany(usize),
    /// A time that is not later than the one before it.
    #[error("the times of a chunk must rise, and entry {0} is not later than the one before it")]
    NotRising(usize),
    /// Columns of one period that differ in their lengths.
    #[error("the columns of a period must have one entry a moment, and these differ in length")]
    Lengths,
    /// The compression failed, which a correct program does not see.
    #[error("the numbers could not be compressed: {0}")]
    Compression(String),
}

/// Why bytes are not the chunk that they are taken for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChunkError {
    /// Too few bytes.
    #[error("the chunk is cut short")]
    Cut,
    /// Something else altogether.
    #[error("these bytes are not a chunk")]
    NotAChunk,
    /// A format of the future.
    #[error("the chunk has format version {0}, and this program reads version {VERSION}")]
    Version(u8),
    /// Bits that changed.
    #[error("the chunk is damaged: its checksum does not match")]
    Checksum,
    /// Times where values were asked for, or the other way round.
    #[error("the chunk holds something else than was asked for")]
    Kind,
    /// More entries than a chunk may have.
    #[error("the chunk claims {0} entries, and at most {MAX_ENTRIES} are allowed")]
    TooMany(u64),
    /// A part that contradicts another.
    #[error("the chunk is damaged: {0}")]
    Damaged(&'static str),
    /// Compressed numbers that do not decompress.
    #[error("the chunk is damaged: its numbers do not decompress: {0}")]
    Compression(String),
    /// A rate column without what it follows from.
    #[error("the chunk holds rates that follow from a counter, which must be given")]
    NeedsCounter,
    /// A rate column without the one that stores its clock.
    #[error("the chunk holds rates whose clock is stored in another chunk, which must be given")]
    NeedsClock,
    /// A rate column with another period's counter or clock, or a span beyond the chunk's end.
    #[error("what was asked for or given does not fit the chunk's entries")]
    Lengths,
}

/// Which chunk of a period is not what it is taken for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FillError {
    /// The one of its times.
    #[error("the times: {0}")]
    Times(#[source] ChunkError),
    /// That of one of the series, of its counter or of its clock.
    #[error("series {0}: {1}")]
    Series(usize, #[source] ChunkError),
}
