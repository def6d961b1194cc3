//! A bundle: all chunks of an hour or a day in one value. Stored singly, each would leave half a page unused.
//!
//! Format: a directory, its checksum, then the chunks without gaps. The directory has a 32-bit count, and for each
//! chunk the 64-bit number of its series and its 32-bit length in bytes. The checksum is CRC-32C of the directory.
//! All numbers are little-endian. Each chunk has a checksum of its own, which does not cover the number of its
//! series.

use bytes::Bytes;
use std::fmt;

const COUNT: usize = 4;
const ENTRY: usize = 12;

/// The error of a damaged bundle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the directory of its chunks is damaged")
    }
}

/// Encodes chunks with the numbers of their series.
pub(crate) fn encode(chunks: &[(i64, Bytes)]) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let mut bundle = length(chunks.len()).to_vec();
    for (series, chunk) in chunks {
        bundle.extend(series.to_le_bytes());
        bundle.extend(length(chunk.len()));
    }
    bundle.extend(crc32c::crc32c(&bundle).to_le_bytes());
    for (_, chunk) in chunks {
        bundle.extend(chunk);
    }
    bundle
}

/// The chunks of a bundle with the numbers of their series.
pub(crate) fn decode(bundle: &[u8]) -> Result<Vec<(i64, &[u8])>, Broken> {
    let count = bundle.first_chunk::<COUNT>().ok_or(Broken)?;
    let count = u32::from_le_bytes(*count) as usize;
    let length = count
        .checked_mul(ENTRY)
        .and_then(|bytes| bytes.checked_add(COUNT));
    let length = length.ok_or(Broken)?;
    let (directory, rest) = bundle.split_at_checked(length).ok_or(Broken)?;
    let (checksum, mut rest) = rest.split_first_chunk().ok_or(Broken)?;
    if crc32c::crc32c(directory) != u32::from_le_bytes(*checksum) {
        return Err(Broken);
    }
    let directory = &directory[COUNT..];
    let mut chunks = Vec::with_capacity(count);
    for entry in directory.as_chunks::<ENTRY>().0 {
        let [a, b, c, d, e, f, g, h, length @ ..] = *entry;
        let series = i64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let length = u32::from_le_bytes(length) as usize;
        let (chunk, after) = rest.split_at_checked(length).ok_or(Broken)?;
        chunks.push((series, chunk));
        rest = after;
    }
    if rest.is_empty() {
        Ok(chunks)
    } else {
        Err(Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_put_in() {
        let chunks = [(0, vec![1, 2, 3]), (7, vec![]), (1 << 40, vec![9; 300])];
        let chunks = chunks.map(|(id, bytes)| (id, Bytes::from(bytes)));
        let bundle = encode(&chunks);
        let back = decode(&bundle).unwrap();
        let expected: Vec<_> = chunks.iter().map(|(id, bytes)| (*id, &bytes[..])).collect();
        assert_eq!(back, expected);
        assert_eq!(decode(&encode(&[])), Ok(vec![]));
    }

    #[test]
    fn damaged_bytes_are_no_bundle() {
        let bundle = encode(&[(1, vec![5; 10].into()), (2, vec![6; 10].into())]);
        for end in 0..bundle.len() {
            assert_eq!(decode(&bundle[..end]), Err(Broken), "cut at {end}");
        }
        assert_eq!(decode(&[bundle.as_slice(), &[0]].concat()), Err(Broken));
        assert_eq!(decode(&[0xFF; 40]), Err(Broken));
    }
}
