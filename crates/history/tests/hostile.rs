//! Bytes that are cut, flipped or forged give errors, never a panic.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

mod support;

use muster_history::{ChunkError, verify};
use proptest::prelude::*;
use support::{chunks, forged, places, read_in_every_way};

#[test]
fn a_flipped_byte_is_noticed() {
    for (name, bytes) in chunks() {
        for at in 0..bytes.len() {
            for mask in [0x01, 0x80, 0xff] {
                let mut flipped = bytes.clone();
                flipped[at] ^= mask;
                assert!(verify(&flipped).is_err(), "{name}, byte {at}");
            }
        }
    }
}

#[test]
fn a_cut_chunk_is_noticed() {
    for (name, bytes) in chunks() {
        for end in 0..bytes.len() {
            assert!(verify(&bytes[..end]).is_err(), "{name}, {end} bytes");
        }
    }
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(verify(b"M"), Err(ChunkError::Cut));
    assert_eq!(verify(b"SQLite format 3"), Err(ChunkError::NotAChunk));
    assert_eq!(
        verify(b"M\x02 whatever follows"),
        Err(ChunkError::Version(2))
    );
    assert_eq!(
        verify(b"M\x01\x00\x08\x00 and no checksum"),
        Err(ChunkError::Checksum)
    );
    let many = forged(b"M\x01\x01\x0d\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00....".to_vec());
    assert_eq!(verify(&many), Err(ChunkError::TooMany(u64::MAX)));
    for (_, bytes) in chunks() {
        let mut flipped = bytes;
        let last = flipped.len() - 5;
        flipped[last] ^= 1;
        assert_eq!(
            verify(&flipped).unwrap_err().to_string(),
            ChunkError::Checksum.to_string()
        );
    }
}

#[test]
fn forged_flips_do_not_panic() {
    for (_, bytes) in chunks() {
        for at in places(&bytes) {
            for mask in [0x01, 0x02, 0x10, 0x80, 0xff] {
                let mut flipped = bytes.clone();
                flipped[at] ^= mask;
                read_in_every_way(&forged(flipped));
            }
        }
    }
}

proptest! {
    #[test]
    fn forged_edits_do_not_panic(
        bytes in prop::sample::select(chunks()),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut: prop::sample::Index,
        insert in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let (_, mut bytes) = bytes;
        for (at, byte) in edits {
            let at = 2 + at.index(bytes.len() - 2);
            bytes[at] = byte;
        }
        let at = 4 + cut.index(bytes.len() - 4);
        bytes.splice(at..at, insert);
        read_in_every_way(&forged(bytes));
    }

    #[test]
    fn random_bodies_do_not_panic(
        kind in 0_u8..11, log2 in 7_u8..18, body in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        let mut bytes = vec![b'M', 1, kind, log2];
        bytes.extend(body);
        read_in_every_way(&forged(bytes));
    }
}
