//! Errors of encoding and decoding.

use crate::format::{MAX_ENTRIES, VERSION};

/// Why numbers cannot be encoded as a chunk.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// Too many entries.
    #[error("a chunk holds at most {MAX_ENTRIES} entries, but there are {0}")]
    TooMany(usize),
    /// A time is not later than the one before.
    #[error("times must rise, but entry {0} is not later than the one before")]
    NotRising(usize),
    /// The columns of a period differ in length.
    #[error("the columns of a period differ in length")]
    Lengths,
    /// The compression failed, which would be a bug.
    #[error("the numbers could not be compressed: {0}")]
    Compression(String),
}

/// Why bytes cannot be decoded as the expected chunk.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChunkError {
    /// The bytes end too early.
    #[error("the chunk is cut short")]
    Cut,
    /// The bytes are something else.
    #[error("these bytes are not a chunk")]
    NotAChunk,
    /// A format version that this program does not know.
    #[error("the chunk has format version {0}, but this program only reads version {VERSION}")]
    Version(u8),
    /// The checksum does not match.
    #[error("the chunk is damaged: its checksum does not match")]
    Checksum,
    /// Times where values were expected, or the other way round.
    #[error("the chunk holds a different kind of data than expected")]
    Kind,
    /// Too many entries.
    #[error("the chunk claims to have {0} entries, but at most {MAX_ENTRIES} are allowed")]
    TooMany(u64),
    /// Parts contradict each other.
    #[error("the chunk is damaged: {0}")]
    Damaged(&'static str),
    /// The compressed numbers cannot be decompressed.
    #[error("the chunk is damaged: its numbers cannot be decompressed: {0}")]
    Compression(String),
    /// Rates without their counter.
    #[error("the chunk holds rates, which can only be decoded together with their counter")]
    NeedsCounter,
    /// Rates without the chunk that stores their clock.
    #[error(
        "the chunk holds rates, which can only be decoded together with the chunk that stores their clock"
    )]
    NeedsClock,
    /// A counter or clock of another period, or a range beyond the end of the chunk.
    #[error("the range, counter or clock does not match the entries of the chunk")]
    Lengths,
}

/// Which chunk of a period cannot be decoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FillError {
    /// The chunk of times.
    #[error("the times: {0}")]
    Times(#[source] ChunkError),
    /// The chunk of a series, of its counter or of its clock.
    #[error("series {0}: {1}")]
    Series(usize, #[source] ChunkError),
}
