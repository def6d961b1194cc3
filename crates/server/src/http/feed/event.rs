//! A server-sent event, plain and compressed: it is compressed once for the streams of all browsers.
//!
//! A gzip stream is a header and a sequence of deflate blocks (RFC 1951, RFC 1952). The blocks of a fresh compressor
//! end on a byte boundary after a flush and refer to nothing before them. So each browser's stream is the header,
//! followed by the same blocks as in all other streams.

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};

/// Start of a compressed stream: gzip, deflate, no name, no time, unknown system.
pub const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// An event as sent to browsers.
#[derive(Clone, Debug)]
pub struct SseEvent {
    /// Plain text.
    plain: Bytes,
    /// Blocks of a compressed stream.
    blocks: Bytes,
}

impl SseEvent {
    /// An event with this text, which ends with an empty line.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            blocks: blocks(text.as_bytes()),
            plain: text.into(),
        }
    }

    /// Tells a browser to reload everything.
    #[must_use]
    pub fn resync() -> Self {
        Self::new("event: resync\ndata: {}\n\n".to_owned())
    }

    /// The bytes for a stream.
    #[must_use]
    pub fn bytes(&self, compressed: bool) -> Bytes {
        match compressed {
            true => self.blocks.clone(),
            false => self.plain.clone(),
        }
    }

    /// Size of both forms in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.plain.len() + self.blocks.len()
    }
}

/// Follows zlib's rule exactly: a flush is complete only if it leaves room in the buffer. (miniz_oxide, the other back
/// end of flate2, reports completion too early: about one large text in forty lost its end.)
fn blocks(text: &[u8]) -> Bytes {
    let mut compress = Compress::new(Compression::fast(), false);
    let mut blocks = Vec::with_capacity(text.len() / 4 + 64);
    loop {
        let taken = usize::try_from(compress.total_in()).unwrap_or(text.len());
        let rest = text.get(taken..).unwrap_or_default();
        // It can fail only if there is nothing left to flush.
        let _ = compress.compress_vec(rest, &mut blocks, FlushCompress::Full);
        // Room left in the buffer means that the compressor holds nothing back.
        if blocks.len() < blocks.capacity() {
            return blocks.into();
        }
        blocks.reserve(blocks.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read as _;

    #[test]
    fn events_can_be_joined_into_any_stream() {
        let events =
            ["one ", "two, and one of each again ", ""].map(|text| SseEvent::new(text.into()));
        for (order, expected) in [
            (vec![0, 1, 2, 0], "one two, and one of each again one "),
            (
                vec![1, 1],
                "two, and one of each again two, and one of each again ",
            ),
        ] {
            let mut stream = GZIP_HEAD.to_vec();
            for event in order {
                stream.extend(events[event].bytes(true));
            }
            let mut text = vec![0; expected.len()];
            GzDecoder::new(stream.as_slice())
                .read_exact(&mut text)
                .unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), expected);
        }
    }

    /// Tests many sizes: what a compressor holds back depends on where its buffers end.
    #[test]
    fn large_events_are_complete() {
        let mut seed = 88_172_645_463_325_252_u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for rows in (0..6_000).step_by(41) {
            let row = |n: u64| {
                let (one, other) = (random(), random() % 1_000_000);
                format!(
                    "{{\"id\":{n},\"name\":\"host-{}\",\"cpu_percent\":{one},\"memory\":{other}}},",
                    n % 9
                )
            };
            let text: String = (0..rows).map(row).collect();
            let event = SseEvent::new(text.clone());
            let mut stream = GZIP_HEAD.to_vec();
            stream.extend(event.bytes(true));
            stream.extend(event.bytes(true));
            let mut read = vec![0; 2 * text.len()];
            GzDecoder::new(stream.as_slice())
                .read_exact(&mut read)
                .unwrap();
            assert!(read == text.repeat(2).into_bytes(), "{rows} rows");
        }
    }
}
