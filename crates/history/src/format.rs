//! The bytes of a chunk, described so that another program can read them. Version 1.
//!
//! A chunk is one series of one computer over one period. The period's moments are a chunk of their
//! own (`times`); every other chunk has one entry for each of these moments, in their order, and each
//! entry is NULL, an integer (64 bits, two's complement) or a float (IEEE 754 binary64, any bits).
//!
//! # Notation
//! All fixed numbers are little-endian. A *varint* is an unsigned number of at most 64 bits, seven bits
//! a byte with the least significant first; the top bit of a byte says that another byte follows.
//! A *zigzag varint* is a varint of `(n << 1) ^ (n >> 63)`. Parts follow each other without padding,
//! and nothing follows the last part of the body but the checksum.
//!
//! # Chunk
//! | bytes | what |
//! |---|---|
//! | 1 | `0x4D`, "M" |
//! | 1 | version of this format: 1 |
//! | 1 | kind: 0 times, 1 integers, 2 floats, 3 decimals, 4 whole floats, 5 whole decimals, 6 mixed, 7 rates, 8 clocked rates, 9 shared clock rates |
//! | 1 | `log2` of the section length, 8 to 16 |
//! | varint | count of entries, at most 1,048,576 |
//! | … | body, as its kind says |
//! | 4 | CRC-32C (Castagnoli, as in RFC 3720) of all bytes before |
//!
//! # Sections
//! Entries are divided into sections of `1 << log2` entries, of which the last may be shorter, so that
//! a part of a chunk can be read alone. No entries make no sections.
//!
//! # Numbers
//! The values of all sections of one type, compressed. A section's values are those of its entries that
//! have one, in order. Without any value *numbers* is empty (not a byte); else it is
//! 1. for each section that has values: a varint, the length of its page in bytes;
//! 2. a chunk's metadata in pco's wrapped format 4.1 (pco 1.1.0; its file header, the two bytes
//!    `04 01`, is not stored), number type i64 or f64. Mode "dict" is not used, and a lookback window
//!    is at most 2^15 numbers;
//! 3. for each section that has values: its page, exactly as many bytes as 1 says.
//!
//! # Presence
//! Which entries have a value. A byte, then
//! * 0, all: nothing more;
//! * 1, runs: a varint, the count of runs of entries that have one; for each run a varint, the entries
//!   without one before it (0 for the first run at most), and a varint, its length (never 0). Entries
//!   after the last run have none;
//! * 2, bitmap: `ceil(entries / 8)` bytes, entry `i` in bit `i % 8` (the least significant is 0) of
//!   byte `i / 8`; the bits beyond the last entry are 0.
//!
//! # Bodies
//! * **times** (Unix milliseconds, each later than the one before): for each section the first time, the
//!   first section's as a zigzag varint and each further one as the varint of its distance from the
//!   one before; then, unless there are no entries, the varint of the distance of the last time of all
//!   from the first time of the last section; a zigzag varint, the step; *numbers* (i64) of all
//!   entries, of which the one at place `k` of its section stands for the time
//!   `first time of the section + k * step + number` (modulo 2^64).
//! * **integers**: *presence*, *numbers* (i64).
//! * **floats**: *presence*, *numbers* (f64).
//! * **decimals**: a byte, the scale, at most 9; *presence*, *numbers* (i64). A number `n` stands for the
//!   float nearest to `n / 10^scale`, which is what dividing the two as binary64 gives.
//! * **whole floats**: as floats; but a float that is a whole number of at most 2^53 in size stands for
//!   that integer. (`-0.0` stands for itself.)
//! * **whole decimals**: as decimals; but a number of at most 2^53 in size that `10^scale` divides stands
//!   for that integer, `number / 10^scale`.
//! * **mixed**: the body of integers, then the body of floats; no entry has a value in both.
//! * **rates**: what each entry follows from is the period's times `t` and another chunk of the period,
//!   the counter `c`, of which only integers count. Entry `i` is the float
//!   `(c[i] - c[i-1]) * 1000.0 / (t[i] - t[i-1])`, each difference converted to binary64 first, the
//!   multiplication before the division, each rounded to nearest even; NULL if `i` is 0, if either
//!   count is NULL, if a difference is negative or (of counts or times) beyond an i64, or if the result
//!   is not finite. Stored are the *exceptions*: a varint, their count; for each, rising, the varint of
//!   the entries between it and the exception before (the first: the entries before it); unless there
//!   are none, a byte, the kind (1 to 6), and a body of that kind whose entries are the exceptions.
//! * **clocked rates**: *presence*, *numbers* (i64), then *exceptions*. A number `n` stands for the float
//!   `(c[i] - c[i-1]) / (n / 2^22)`, computed in binary64 and with `c` as above; an entry without one,
//!   or whose difference is negative or beyond an i64 or has no count, or whose result is not finite,
//!   is NULL. (Agents of the Flask server divide by the difference of two readings of a clock in
//!   seconds as binary64, whose grain is 2^-22 s until the year 2038, and twice that afterwards.)
//! * **shared clock rates**: *exceptions*. As clocked rates with a counter of their own; but presence and
//!   numbers are those of another chunk of the period, which is one of clocked rates and has as many
//!   entries. Only its numbers count: where it has an exception, its number is this entry's as well.

use crate::ChunkError;
use crate::bytes::{Bytes, write_count};
use crate::sections::Sections;

/// The version that is written, and the only one so far.
pub const VERSION: u8 = 1;

/// As many entries as a chunk may have: a year but a day, one each 30 seconds.
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

/// Sections of about 8,000 entries decode as fast as one, cost nothing to speak of, and are
/// nearly three days at one each 30 seconds.
pub(crate) const SECTION_LOG2: u8 = 13;

/// A header that was read, and the body after it.
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

/// A right checksum says that the bytes are as they were written, not who wrote them: from here on
/// everything is read as if by an adversary.
fn read_header(bytes: &[u8]) -> Result<Chunk<'_>, ChunkError> {
    let mut body = Bytes(bytes);
    let _magic_and_version = body.take(2)?;
    let kind = body.byte()?;
    let log2 = body.byte()?;
    if !(8..=16).contains(&log2) {
        return Err(ChunkError::Damaged("its sections have an unknown length"));
    }
    let claimed = body.varint()?;
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
