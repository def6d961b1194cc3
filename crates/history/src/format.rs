//! The bytes of a chunk, version 1, specified so that another program can read them.
//!
//! A chunk holds one series of one computer over one period. The times of the period are a chunk of their own
//! (kind *times*). Every other chunk of the period has one entry for each of these times, in the same order.
//! An entry is NULL, an integer (64 bits, two's complement) or a float (IEEE 754 binary64, any bits).
//!
//! # Notation
//! - Numbers of fixed size are little-endian.
//! - A *varint* is an unsigned number of at most 64 bits, seven bits per byte, least significant first. The top
//!   bit of a byte says that another byte follows.
//! - A *zigzag varint* is the varint of `(n << 1) ^ (n >> 63)`.
//! - Parts follow each other without padding. Only the checksum follows the last part of the body.
//! - Names in *italics* are parts that are specified below.
//!
//! # Chunk
//! | bytes | content |
//! |---|---|
//! | 1 | `0x4D`, "M" |
//! | 1 | version of this format: 1 |
//! | 1 | kind of the body: see below |
//! | 1 | `log2` of the section length, 8 to 16 |
//! | varint | number of entries, at most 1,048,576 |
//! | … | body, depending on the kind |
//! | 4 | CRC-32C (Castagnoli, as in RFC 3720) of all bytes before |
//!
//! | kind | body | kind | body |
//! |---|---|---|---|
//! | 0 | times | 5 | whole decimals |
//! | 1 | integers | 6 | mixed |
//! | 2 | floats | 7 | rates |
//! | 3 | decimals | 8 | clocked rates |
//! | 4 | whole floats | 9 | shared clock rates |
//!
//! # Sections
//! Entries are divided into sections of `1 << log2` entries, so that a part of a chunk can be read alone. The
//! last section may be shorter. A chunk without entries has no sections.
//!
//! # *Validity*
//! Which entries have a value. The first byte is the form:
//! - 0, all: every entry has a value. Nothing follows.
//! - 1, runs: a varint, the number of runs of entries with a value. Then for each run two varints: the number of
//!   entries without a value before it (0 only for the first run), and its length (never 0). Entries after the
//!   last run have no value.
//! - 2, bitmap: `ceil(entries / 8)` bytes. Entry `i` is bit `i % 8` (0 is the least significant) of byte `i / 8`.
//!   Bits beyond the last entry are 0.
//!
//! # *Numbers*
//! The compressed values of one type, for all sections. The values of a section are those of its entries that
//! have one, in order. If there are no values at all, *numbers* is empty (zero bytes). Otherwise:
//! 1. For each section with values: a varint, the length of its page in bytes.
//! 2. Chunk metadata in pco's wrapped format 4.1 (pco 1.1.0), with number type i64 or f64. The file header of pco,
//!    the two bytes `04 01`, is not stored. Mode "dict" is not used, and a lookback window has at most 2^15
//!    numbers.
//! 3. For each section with values: its page, of exactly the length given in 1.
//!
//! # *Exceptions*
//! Values of a rate chunk that do not follow from its counter:
//! 1. A varint, the number of exceptions.
//! 2. For each exception, in rising order: a varint, the number of entries between it and the exception before
//!    (for the first: the number of entries before it).
//! 3. Unless there are none: a byte, a kind from 1 to 6, and a body of that kind whose entries are the exceptions.
//!
//! # Bodies
//! **Times** are Unix milliseconds, each later than the one before:
//! 1. For each section its first time: for the first section a zigzag varint, for each further one a varint, the
//!    distance from the first time of the section before.
//! 2. Unless there are no entries: a varint, the distance of the last time of all from the first time of the last
//!    section.
//! 3. A zigzag varint, the step.
//! 4. *Numbers* (i64), one for each entry. The number at index `k` of a section stands for the time
//!    `first time of the section + k * step + number` (modulo 2^64).
//!
//! **Integers**: *validity*, *numbers* (i64).
//!
//! **Floats**: *validity*, *numbers* (f64).
//!
//! **Decimals**: a byte, the scale, at most 9; *validity*, *numbers* (i64). A number `n` stands for the float
//! nearest to `n / 10^scale`, which is the result of dividing the two as binary64.
//!
//! **Whole floats**: the same parts as floats, but a float that is a whole number of magnitude at most 2^53 stands
//! for that integer. `-0.0` stands for itself.
//!
//! **Whole decimals**: the same parts as decimals, but a number of magnitude at most 2^53 that is divisible by
//! `10^scale` stands for the integer `number / 10^scale`.
//!
//! **Mixed**: the body of integers, then the body of floats. No entry has a value in both.
//!
//! **Rates**: *exceptions*. All other entries follow from the times `t` of the period and from another chunk of
//! the period, the counter `c`; only its integers count. Entry `i` is the float
//! `(c[i] - c[i-1]) * 1000.0 / (t[i] - t[i-1])`: each difference is converted to binary64 first, the
//! multiplication comes before the division, and each operation rounds to nearest even. The entry is NULL if `i`
//! is 0, if either count is NULL, if a difference (of counts or times) is negative or exceeds an i64, or if the
//! result is not finite.
//!
//! **Clocked rates**: *validity*, *numbers* (i64), *exceptions*. A number `n` stands for the float
//! `(c[i] - c[i-1]) / (n / 2^22)`, computed in binary64, with `c` as for rates. The entry is NULL if it has no
//! number, if `i` is 0, if either count is NULL, if the difference is negative or exceeds an i64, or if the
//! result is not finite. (Agents of the Flask server divide by the difference of two clock readings in seconds
//! as binary64, whose resolution is 2^-22 s until the year 2038, and twice that afterwards.)
//!
//! **Shared clock rates**: *exceptions*. They are clocked rates with a counter of their own, but with the validity
//! and the numbers of another chunk of the period, which must hold clocked rates and have as many entries. Only its
//! numbers count: at an entry where it has an exception, its number still applies to this chunk.

use crate::ChunkError;
use crate::bytes::{Bytes, write_count};
use crate::sections::Sections;

/// The version that is written, and the only one so far.
pub const VERSION: u8 = 1;

/// Maximum number of entries in a chunk: 364 days with one entry every 30 seconds.
pub const MAX_ENTRIES: usize = 1 << 20;

pub(crate) const TIMES: u8 = 0;
pub(crate) const INTEGERS: u8 = 1;
pub(crate) const FLOATS: u8 = 2;
pub(crate) const DECIMALS: u8 = 3;
pub(crate) const WHOLE_FLOATS: u8 = 4;
pub(crate) const WHOLE_DECIMALS: u8 = 5;
pub(crate) const MIXED: u8 = 6;
pub(crate) const RATES: u8 = 7;
pub(crate) const CLOCKED_RATES: u8 = 8;
pub(crate) const SHARED_CLOCK_RATES: u8 = 9;

const MAGIC: u8 = b'M';

/// Sections of 8,192 entries: nearly three days with one entry every 30 seconds. They decode as fast as a single
/// section, and take hardly more bytes.
pub(crate) const SECTION_LOG2: u8 = 13;

/// A parsed header, and the body after it.
pub(crate) struct Chunk<'a> {
    pub(crate) kind: u8,
    pub(crate) sections: Sections,
    pub(crate) body: Bytes<'a>,
}

pub(crate) fn write_chunk(kind: u8, sections: Sections, body: &[u8]) -> Vec<u8> {
    let mut out = vec![MAGIC, VERSION, kind, sections.log2];
    write_count(&mut out, sections.entries);
    out.extend_from_slice(body);
    let checksum = crc32c::crc32c(&out);
    out.extend(checksum.to_le_bytes());
    out
}

pub(crate) fn read_chunk(bytes: &[u8]) -> Result<Chunk<'_>, ChunkError> {
    let &[magic, version, ..] = bytes else {
        return Err(ChunkError::Cut);
    };
    if magic != MAGIC {
        return Err(ChunkError::NotAChunk);
    }
    if version != VERSION {
        return Err(ChunkError::Version(version));
    }
    let (bytes, checksum) = bytes.split_last_chunk().ok_or(ChunkError::Cut)?;
    if crc32c::crc32c(bytes) != u32::from_le_bytes(*checksum) {
        return Err(ChunkError::Checksum);
    }
    read_header(bytes)
}

/// A correct checksum does not say who wrote the bytes, so all input is treated as hostile from here on.
fn read_header(bytes: &[u8]) -> Result<Chunk<'_>, ChunkError> {
    let mut body = Bytes(bytes);
    let _magic_and_version = body.take_bytes(2)?;
    let kind = body.read_byte()?;
    let log2 = body.read_byte()?;
    if !(8..=16).contains(&log2) {
        return Err(ChunkError::Damaged("its sections have an unknown length"));
    }
    let claimed = body.read_varint()?;
    let entries = usize::try_from(claimed)
        .ok()
        .filter(|&entries| entries <= MAX_ENTRIES);
    let entries = entries.ok_or(ChunkError::TooMany(claimed))?;
    Ok(Chunk {
        kind,
        sections: Sections { entries, log2 },
        body,
    })
}
