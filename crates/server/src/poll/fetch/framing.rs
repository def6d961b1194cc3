//! How an answer lies in the bytes of a connection (RFC 9112, section 6): what its head says of its body.

use http::StatusCode;
use thiserror::Error;

/// Lines of a head, at most.
const MAX_LINES: usize = 100;

/// Why bytes are no head of an answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoHead {
    /// They begin with something else than HTTP does.
    #[error("this is no HTTP")]
    NotHttp,
    /// HTTP, and not understood.
    #[error("the head of the answer is no HTTP: {0}")]
    Line(httparse::Error),
    /// It can be read in two ways.
    #[error("the head of the answer does not say clearly how long it is")]
    Length,
}

/// The head of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its status.
    pub status: StatusCode,
    /// Where its body ends.
    pub body: Extent,
    /// Whether the connection is good for another request.
    pub keeps: bool,
    /// Bytes of the head itself.
    pub bytes: usize,
}

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// After so many bytes.
    Known(u64),
    /// After its last chunk.
    Chunked,
    /// With the connection.
    Closed,
}

/// Reads a head; none where it is not whole yet.
///
/// # Errors
/// Why it is none.
pub fn head(bytes: &[u8]) -> Result<Option<Head>, NoHead> {
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
    let said = Said::of(response.headers)?;
    let body = match status {
        status if status.is_informational() => Extent::Known(0),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => Extent::Known(0),
        _ => said.extent()?,
    };
    // Of HTTP/1.0 nothing is expected beyond this answer.
    let keeps = response.version == Some(1) && !said.closes && body != Extent::Closed;
    let bytes = length;
    Ok(Some(Head {
        status,
        body,
        keeps,
        bytes,
    }))
}

/// What the lines of a head say of the body.
#[derive(Default)]
struct Said {
    length: Option<u64>,
    coding: Option<bool>,
    closes: bool,
}

impl Said {
    fn of(lines: &[httparse::Header<'_>]) -> Result<Self, NoHead> {
        let mut said = Self::default();
        for line in lines {
            let name = line.name;
            if name.eq_ignore_ascii_case("content-length") {
                said.add_length(line.value)?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                said.coding = Some(last_word(line.value).eq_ignore_ascii_case(b"chunked"));
            } else if name.eq_ignore_ascii_case("connection") {
                said.closes |= words(line.value).any(|word| word.eq_ignore_ascii_case(b"close"));
            }
        }
        Ok(said)
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

    fn extent(&self) -> Result<Extent, NoHead> {
        match (self.coding, self.length) {
            (Some(_), Some(_)) => Err(NoHead::Length),
            (Some(true), None) => Ok(Extent::Chunked),
            (None, Some(length)) => Ok(Extent::Known(length)),
            (Some(false) | None, None) => Ok(Extent::Closed),
        }
    }
}

/// Digits and nothing else: a sign, which `parse` would take, is none.
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
        head(format!("HTTP/1.1 200 OK\r\n{text}\r\n").as_bytes())
    }

    fn body(text: &str) -> Extent {
        read(text).unwrap().unwrap().body
    }

    #[test]
    fn where_a_body_ends_is_said_once() {
        assert_eq!(body("Content-Length: 7\r\n"), Extent::Known(7));
        assert_eq!(body("content-length: 7, 7\r\n"), Extent::Known(7));
        assert_eq!(
            body("Transfer-Encoding: gzip, Chunked\r\n"),
            Extent::Chunked
        );
        assert_eq!(body("Transfer-Encoding: gzip\r\n"), Extent::Closed);
        assert_eq!(body(""), Extent::Closed);
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
    fn a_connection_is_kept_where_both_ends_know_where_they_are() {
        let keeps = |text: &str| read(text).unwrap().unwrap().keeps;
        assert!(keeps("Content-Length: 7\r\n"));
        assert!(!keeps("Content-Length: 7\r\nConnection: x, Close\r\n"));
        assert!(!keeps(""));
        let old = head(b"HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n");
        assert!(!old.unwrap().unwrap().keeps);
    }

    #[test]
    fn some_statuses_have_no_body_whatever_they_say() {
        for status in ["100 Continue", "204 No Content", "304 Not Modified"] {
            let text = format!("HTTP/1.1 {status}\r\nContent-Length: 7\r\n\r\n");
            let head = head(text.as_bytes()).unwrap().unwrap();
            assert_eq!(head.body, Extent::Known(0), "{status}");
        }
    }

    #[test]
    fn what_is_no_http_is_told_from_what_is_not_whole() {
        assert_eq!(head(b"SSH-2.0-OpenSSH_9.2\r\n"), Err(NoHead::NotHttp));
        assert_eq!(head(b"HTTP/1.1 2000\r\n\r\n"), Err(NoHead::NotHttp));
        for whole in [
            &b""[..],
            b"HT",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\na: b\r\n",
        ] {
            assert_eq!(head(whole), Ok(None));
        }
        let odd = b"HTTP/1.1 200 OK\r\na b: c\r\n\r\n";
        assert!(matches!(head(odd), Err(NoHead::Line(_))));
        let many = format!(
            "HTTP/1.1 200 OK\r\n{}\r\n",
            "a: b\r\n".repeat(MAX_LINES + 1)
        );
        assert!(matches!(head(many.as_bytes()), Err(NoHead::Line(_))));
    }
}
