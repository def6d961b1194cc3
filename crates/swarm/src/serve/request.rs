//! Parses the requests of a connection.

use super::Stream;
use crate::TOKEN;
use httparse::{EMPTY_HEADER, Header, Status};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::ready;
use tokio::io::ReadBuf;

/// Maximum bytes and headers of a request head.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// Bytes per read.
const READ_BYTES: usize = 2_048;

/// The parts of a request that matter here.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Path and query.
    pub target: String,
    /// Whether it carries the right token.
    pub has_token: bool,
    /// Whether the connection stays open.
    pub keep_alive: bool,
}

/// The next request of a connection; `None` if the connection ended or sent something that is not a request.
pub async fn next_request(stream: &mut impl Stream, received: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some((request, length)) = parse(received)? {
            received.drain(..length);
            if received.is_empty() {
                // An idle connection holds no buffer.
                *received = Vec::new();
            }
            return Some(request);
        }
        if received.len() > MAX_HEAD || read_some(stream, received).await? == 0 {
            return None;
        }
    }
}

/// Reads what has arrived. The read buffer is on the stack, so that an idle connection holds none.
pub async fn read_some(stream: &mut impl Stream, received: &mut Vec<u8>) -> Option<usize> {
    let count = poll_fn(|context| {
        let mut bytes = [0; READ_BYTES];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
        received.extend_from_slice(buffer.filled());
        std::task::Poll::Ready(std::io::Result::Ok(buffer.filled().len()))
    });
    count.await.ok()
}

/// A whole request and its length, or `Some(None)` if more bytes are needed.
#[expect(clippy::option_option, reason = "not a request, or not complete yet")]
fn parse(received: &[u8]) -> Option<Option<(Request, usize)>> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let Status::Complete(length) = head.parse(received).ok()? else {
        return Some(None);
    };
    let value = |name| value_of(head.headers, name);
    // Agents expect no body; closing the connection keeps a body from being parsed as the next request.
    let has_body = value("transfer-encoding").is_some()
        || value("content-length").is_some_and(|length| length != b"0");
    let connection = value("connection").unwrap_or_default();
    let request = Request {
        target: head.path?.to_owned(),
        has_token: value("authorization").and_then(|it| it.strip_prefix(b"Bearer "))
            == Some(TOKEN.as_bytes()),
        keep_alive: head.version == Some(1)
            && !has_body
            && !connection.eq_ignore_ascii_case(b"close"),
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
    async fn requests_arrive_whole_in_pieces_or_together() {
        let first = b"GET /systeminfo?a=1 HTTP/1.1\r\nAuthorization: Bearer swarm\r\n\r\n";
        let second = b"GET / HTTP/1.1\r\nconnection: close\r\nauthorization: Bearer other\r\n\r\n";
        let both = [&first[..], second].concat();
        for piece in [1, 7, both.len()] {
            let mut io = tokio_stream(&both, piece);
            let mut received = Vec::new();
            let found = next_request(&mut io, &mut received).await.map(|it| {
                assert!(it.has_token && it.keep_alive);
                it.target
            });
            assert_eq!(found.as_deref(), Some("/systeminfo?a=1"));
            let last = next_request(&mut io, &mut received).await;
            assert!(last.is_some_and(|it| !it.has_token && !it.keep_alive));
            assert_eq!(next_request(&mut io, &mut received).await, None);
        }
    }

    /// A stream that delivers these bytes in pieces and then ends.
    fn tokio_stream(bytes: &[u8], piece: usize) -> tokio::io::DuplexStream {
        let (near, mut far) = tokio::io::duplex(piece);
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut far, &bytes).await;
        });
        near
    }

    #[test]
    fn a_request_that_none_can_follow_ends_the_connection() {
        for head in [
            "GET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
        ] {
            let parsed = parse(head.as_bytes()).flatten();
            assert!(
                parsed.is_some_and(|(request, _)| !request.keep_alive),
                "{head}"
            );
        }
        assert!(parse(b"\x16\x03\x01").is_none());
        assert!(parse(b"GET / HT").is_some_and(|it| it.is_none()));
    }
}
