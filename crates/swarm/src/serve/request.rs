//! The requests of a connection, one after another.

use super::Stream;
use crate::TOKEN;
use httparse::{EMPTY_HEADER, Header, Status};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::ready;
use tokio::io::ReadBuf;

/// Bytes of a head, and headers in it, at most.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// Bytes that are read at once.
const READ_BYTES: usize = 2_048;

/// What of a request matters.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Path and query.
    pub target: String,
    /// Whether it shows the token.
    pub shows_token: bool,
    /// Whether the connection is to be kept.
    pub keeps: bool,
}

/// The next request of a connection; none where it ended, or where what came is no request.
pub async fn next(stream: &mut impl Stream, received: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some((request, length)) = parse(received)? {
            received.drain(..length);
            if received.is_empty() {
                // Nothing is kept for a connection that waits.
                *received = Vec::new();
            }
            return Some(request);
        }
        if received.len() > MAX_HEAD || read(stream, received).await? == 0 {
            return None;
        }
    }
}

/// Reads what is there. The buffer is none of the connection's, which waits most of the time.
pub async fn read(stream: &mut impl Stream, received: &mut Vec<u8>) -> Option<usize> {
    let count = poll_fn(|context| {
        let mut bytes = [0; READ_BYTES];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
        received.extend_from_slice(buffer.filled());
        std::task::Poll::Ready(std::io::Result::Ok(buffer.filled().len()))
    });
    count.await.ok()
}

/// A whole request and how many bytes it has, or none yet.
#[expect(clippy::option_option, reason = "no request at all, or none yet")]
fn parse(received: &[u8]) -> Option<Option<(Request, usize)>> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let Status::Complete(length) = head.parse(received).ok()? else {
        return Some(None);
    };
    let value = |name| value_of(head.headers, name);
    // A body is nothing that an agent is sent: what follows would be taken for the next request.
    let has_body = value("transfer-encoding").is_some()
        || value("content-length").is_some_and(|length| length != b"0");
    let connection = value("connection").unwrap_or_default();
    let request = Request {
        target: head.path?.to_owned(),
        shows_token: value("authorization").and_then(|it| it.strip_prefix(b"Bearer "))
            == Some(TOKEN.as_bytes()),
        keeps: head.version == Some(1) && !has_body && !connection.eq_ignore_ascii_case(b"close"),
    };
    Some(Some((request, length)))
}

fn value_of<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a [u8]> {
    let header = headers.iter().find(|it| it.name.eq_ignore_ascii_case(name));
    header.map(|header| header.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_come_whole_in_pieces_or_together() {
        let first = b"GET /systeminfo?a=1 HTTP/1.1\r\nAuthorization: Bearer swarm\r\n\r\n";
        let second = b"GET / HTTP/1.1\r\nconnection: close\r\nauthorization: Bearer other\r\n\r\n";
        let both = [&first[..], second].concat();
        for piece in [1, 7, both.len()] {
            let mut io = tokio_stream(&both, piece);
            let mut received = Vec::new();
            let found = next(&mut io, &mut received).await.map(|it| {
                assert!(it.shows_token && it.keeps);
                it.target
            });
            assert_eq!(found.as_deref(), Some("/systeminfo?a=1"));
            let last = next(&mut io, &mut received).await;
            assert!(last.is_some_and(|it| !it.shows_token && !it.keeps));
            assert_eq!(next(&mut io, &mut received).await, None);
        }
    }

    /// A stream that has these bytes, in pieces of that size, and then ends.
    fn tokio_stream(bytes: &[u8], piece: usize) -> tokio::io::DuplexStream {
        let (near, mut far) = tokio::io::duplex(piece);
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut far, &bytes).await;
        });
        near
    }

    #[test]
    fn what_cannot_be_followed_by_another_ends_the_connection() {
        for head in [
            "GET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
        ] {
            let parsed = parse(head.as_bytes()).flatten();
            assert!(parsed.is_some_and(|(request, _)| !request.keeps), "{head}");
        }
        assert!(parse(b"\x16\x03\x01").is_none());
        assert!(parse(b"GET / HT").is_some_and(|it| it.is_none()));
    }
}
