//! Parses the head of a response and finds out how its body is delimited (RFC 9112, section 6).

use http::StatusCode;
use thiserror::Error;

/// Header lines, at most.
const MAX_LINES: usize = 100;

/// Why bytes are not a valid response head.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoHead {
    /// They do not begin as HTTP does.
    #[error("not an HTTP response")]
    NotHttp,
    /// A malformed head.
    #[error("the response head is malformed: {0}")]
    Line(httparse::Error),
    /// The length of the body is ambiguous.
    #[error("the response head does not say clearly how long the body is")]
    Length,
}

/// A response head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: StatusCode,
    /// How the body is delimited.
    pub body: BodyLength,
    /// Whether the connection can be used for another request.
    pub keep_alive: bool,
    /// Length of the head in bytes.
    pub bytes: usize,
}

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// By its length in bytes.
    Known(u64),
    /// By its last chunk.
    Chunked,
    /// By the end of the connection.
    Closed,
}

/// Parses a response head; `None` if it is not complete yet.
///
/// # Errors
/// The head is invalid.
pub fn parse_head(bytes: &[u8]) -> Result<Option<Head>, NoHead> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_LINES];
    let mut response = httparse::Response::new(&mut lines);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::Version | httparse::Error::Status) => return Err(NoHead::NotHttp),
        Err(error) => return Err(NoHead::Line(error)),
    };
    let status = response
        .code
        .and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.ok_or(NoHead::NotHttp)?;
    let headers = BodyHeaders::from_lines(response.headers)?;
    let body = match status {
        status if status.is_informational() => BodyLength::Known(0),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => BodyLength::Known(0),
        _ => headers.extent()?,
    };
    // An HTTP/1.0 connection is not reused.
    let keep_alive = response.version == Some(1) && !headers.closes && body != BodyLength::Closed;
    let bytes = length;
    Ok(Some(Head {
        status,
        body,
        keep_alive,
        bytes,
    }))
}

/// The header lines that concern the body.
#[derive(Default)]
struct BodyHeaders {
    length: Option<u64>,
    coding: Option<bool>,
    closes: bool,
}

impl BodyHeaders {
    fn from_lines(lines: &[httparse::Header<'_>]) -> Result<Self, NoHead> {
        let mut headers = Self::default();
        for line in lines {
            let name = line.name;
            if name.eq_ignore_ascii_case("content-length") {
                headers.add_length(line.value)?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                headers.coding = Some(last_word(line.value).eq_ignore_ascii_case(b"chunked"));
            } else if name.eq_ignore_ascii_case("connection") {
                headers.closes |= words(line.value).any(|word| word.eq_ignore_ascii_case(b"close"));
            }
        }
        Ok(headers)
    }

    fn add_length(&mut self, value: &[u8]) -> Result<(), NoHead> {
        for word in words(value) {
            let length = decimal(word).ok_or(NoHead::Length)?;
            if self.length.is_some_and(|known| known != length) {
                return Err(NoHead::Length);
            }
            self.length = Some(length);
        }
        Ok(())
    }

    fn extent(&self) -> Result<BodyLength, NoHead> {
        match (self.coding, self.length) {
            (Some(_), Some(_)) => Err(NoHead::Length),
            (Some(true), None) => Ok(BodyLength::Chunked),
            (None, Some(length)) => Ok(BodyLength::Known(length)),
            (Some(false) | None, None) => Ok(BodyLength::Closed),
        }
    }
}

/// Parses digits only: `parse` would accept a sign.
fn decimal(word: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(word).ok()?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}

fn last_word(value: &[u8]) -> &[u8] {
    words(value).last().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Head>, NoHead> {
        parse_head(format!("HTTP/1.1 200 OK\r\n{text}\r\n").as_bytes())
    }

    fn body(text: &str) -> BodyLength {
        read(text).unwrap().unwrap().body
    }

    #[test]
    fn the_end_of_a_body_must_be_unambiguous() {
        assert_eq!(body("Content-Length: 7\r\n"), BodyLength::Known(7));
        assert_eq!(body("content-length: 7, 7\r\n"), BodyLength::Known(7));
        assert_eq!(
            body("Transfer-Encoding: gzip, Chunked\r\n"),
            BodyLength::Chunked
        );
        assert_eq!(body("Transfer-Encoding: gzip\r\n"), BodyLength::Closed);
        assert_eq!(body(""), BodyLength::Closed);
        for twice in [
            "Content-Length: 7\r\nContent-Length: 8\r\n",
            "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: +7\r\n",
            "Content-Length: \r\n",
            "Content-Length: 99999999999999999999\r\n",
        ] {
            assert_eq!(read(twice), Err(NoHead::Length), "{twice}");
        }
    }

    #[test]
    fn a_connection_is_kept_if_the_body_has_a_known_end() {
        let keep_alive = |text: &str| read(text).unwrap().unwrap().keep_alive;
        assert!(keep_alive("Content-Length: 7\r\n"));
        assert!(!keep_alive("Content-Length: 7\r\nConnection: x, Close\r\n"));
        assert!(!keep_alive(""));
        let old = parse_head(b"HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n");
        assert!(!old.unwrap().unwrap().keep_alive);
    }

    #[test]
    fn some_statuses_never_have_a_body() {
        for status in ["100 Continue", "204 No Content", "304 Not Modified"] {
            let text = format!("HTTP/1.1 {status}\r\nContent-Length: 7\r\n\r\n");
            let head = parse_head(text.as_bytes()).unwrap().unwrap();
            assert_eq!(head.body, BodyLength::Known(0), "{status}");
        }
    }

    #[test]
    fn invalid_http_is_distinguished_from_incomplete_http() {
        assert_eq!(parse_head(b"SSH-2.0-OpenSSH_9.2\r\n"), Err(NoHead::NotHttp));
        assert_eq!(parse_head(b"HTTP/1.1 2000\r\n\r\n"), Err(NoHead::NotHttp));
        for whole in [
            &b""[..],
            b"HT",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\na: b\r\n",
        ] {
            assert_eq!(parse_head(whole), Ok(None));
        }
        let odd = b"HTTP/1.1 200 OK\r\na b: c\r\n\r\n";
        assert!(matches!(parse_head(odd), Err(NoHead::Line(_))));
        let many = format!(
            "HTTP/1.1 200 OK\r\n{}\r\n",
            "a: b\r\n".repeat(MAX_LINES + 1)
        );
        assert!(matches!(parse_head(many.as_bytes()), Err(NoHead::Line(_))));
    }
}
