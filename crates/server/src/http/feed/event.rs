//! A server-sent event, plain and compressed: compressed once, and good for every browser's stream.
//!
//! A gzip stream is a header and a row of deflate blocks (RFC 1951, RFC 1952). Blocks that a fresh compressor
//! made and flushed end at a byte and refer to nothing before them: so each browser's stream is the header, and
//! then the same blocks as everybody's.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write as _;

/// What a compressed stream begins with: gzip, deflate, no name and no time, by nobody in particular.
pub const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// An event as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Event {
    /// As it is.
    plain: Bytes,
    /// As blocks of a compressed stream.
    blocks: Bytes,
}

impl Event {
    /// An event of that text, its last empty line included.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            blocks: blocks(text.as_bytes()),
            plain: text.into(),
        }
    }

    /// Tells a browser to ask for everything.
    #[must_use]
    pub fn resync() -> Self {
        Self::new("event: resync\ndata: {}\n\n".to_owned())
    }

    /// What goes into a stream.
    #[must_use]
    pub fn bytes(&self, compressed: bool) -> Bytes {
        match compressed {
            true => self.blocks.clone(),
            false => self.plain.clone(),
        }
    }

    /// Bytes of both.
    #[must_use]
    pub fn size(&self) -> usize {
        self.plain.len() + self.blocks.len()
    }
}

fn blocks(text: &[u8]) -> Bytes {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory cannot fail.
    let _ = encoder.write_all(text).and_then(|()| encoder.flush());
    // Taken before the encoder ends, which would say that the stream ends here.
    std::mem::take(encoder.get_mut()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read as _;

    #[test]
    fn events_follow_one_another_in_any_stream() {
        let events =
            ["one ", "two, and one of each again ", ""].map(|text| Event::new(text.into()));
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

    #[test]
    fn large_events_come_through_whole() {
        let row = |n: u64| {
            format!(
                "{{\"id\":{n},\"cpu_percent\":{}}},",
                n * 2_654_435_761 % 1_000_003
            )
        };
        let text: String = (0..60_000).map(row).collect();
        let event = Event::new(text.clone());
        let mut stream = GZIP_HEAD.to_vec();
        for _ in 0..3 {
            stream.extend(event.bytes(true));
        }
        let mut read = vec![0; 3 * text.len()];
        GzDecoder::new(stream.as_slice())
            .read_exact(&mut read)
            .unwrap();
        assert!(read == text.repeat(3).into_bytes());
    }
}
