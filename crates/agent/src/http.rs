//! What is answered to a request: the one address, and who may ask it.

use crate::collect::Collector;
use crate::token::Token;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, Request, Response, StatusCode};
use muster_wire::SystemInfo;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// An answer.
pub type Answer = Response<Full<Bytes>>;

/// Bytes that an answer is likely to have, so that its buffer grows once.
const LIKELY_BYTES: usize = 4096;

/// What requests are answered from.
pub struct App {
    token: Token,
    collector: Mutex<Collector>,
}

impl App {
    /// Answers those who know the token with what the collector reads.
    #[must_use]
    pub fn new(token: Token, collector: Collector) -> Self {
        Self {
            token,
            collector: Mutex::new(collector),
        }
    }

    /// Whether a request shows the token.
    pub fn is_authorised<B>(&self, request: &Request<B>) -> bool {
        let header = request.headers().get(AUTHORIZATION);
        header
            .and_then(|value| bearer(value.as_bytes()))
            .is_some_and(|claimed| self.token.is(claimed))
    }

    /// The answer to a request.
    ///
    /// `authorised` is what [`App::is_authorised`] said of it.
    pub fn answer<B>(&self, request: &Request<B>, authorised: bool) -> Answer {
        if request.uri().path() != "/systeminfo" {
            return detail(StatusCode::NOT_FOUND, "Not Found");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return method_not_allowed();
        }
        if !authorised {
            return unauthorized();
        }
        let info = self.read(wants_processes(request.uri().query().unwrap_or("")));
        let mut body = Vec::with_capacity(LIKELY_BYTES);
        match serde_json::to_writer(&mut body, &info) {
            Ok(()) => json(StatusCode::OK, body.into()),
            Err(_) => detail(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }

    fn read(&self, with_processes: bool) -> SystemInfo {
        let mut collector = self
            .collector
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        collector.read(Instant::now(), with_processes)
    }
}

/// `Bearer TOKEN`; how the scheme is written does not matter.
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = header.split_at_checked(b"Bearer".len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"Bearer") && token.starts_with(b" ");
    is_bearer.then(|| token.trim_ascii())
}

fn wants_processes(query: &str) -> bool {
    !query.split('&').any(|pair| pair == "processes=0")
}

fn json(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

fn detail(status: StatusCode, sentence: &'static str) -> Answer {
    json(status, format!("{{\"detail\":\"{sentence}\"}}").into())
}

fn unauthorized() -> Answer {
    let mut answer = detail(StatusCode::UNAUTHORIZED, "Unauthorized");
    answer
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}

fn method_not_allowed() -> Answer {
    let mut answer = detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for header in ["Bearer t", "bearer t", "BEARER   t ", "bEARER t"] {
            assert_eq!(bearer(header.as_bytes()), Some(&b"t"[..]), "{header}");
        }
        for header in ["", "t", "Bearert", "Basic t", "Bearer", "Béarer t"] {
            assert_eq!(bearer(header.as_bytes()), None, "{header}");
        }
        assert_eq!(bearer(b"Bearer "), Some(&b""[..]));
    }

    #[test]
    fn processes_are_left_out_on_request_alone() {
        for query in [
            "",
            "processes=1",
            "processes",
            "x=processes=0",
            "processes=00",
            "%",
        ] {
            assert!(wants_processes(query), "{query}");
        }
        for query in ["processes=0", "a=b&processes=0", "processes=0&x"] {
            assert!(!wants_processes(query), "{query}");
        }
    }
}
