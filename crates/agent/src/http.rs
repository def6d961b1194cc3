//! Answers requests to the only path, and checks the token.

use crate::collect::Collector;
use crate::pace::Pace;
use crate::ring::Ring;
use crate::token::{TokenMatch, Tokens};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, Request, Response, StatusCode};
use muster_wire::{Cursor, History, INTERVAL_HEADER, PreviousRun, SystemInfo};
use serde::Serialize;
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// An answer.
pub type Answer = Response<Full<Bytes>>;

/// Typical bytes of an answer, so that its buffer rarely grows.
const LIKELY_BYTES: usize = 4096;
/// Processes that are kept in a recorded reading.
const KEPT_PROCESSES: usize = 5;

/// State from which requests are answered.
pub struct App {
    tokens: Tokens,
    collector: Mutex<Collector>,
    ring: Option<Mutex<Ring>>,
    previous: Option<PreviousRun>,
    pace: Pace,
}

/// The current reading, and earlier ones.
#[derive(Serialize)]
struct WithHistory<'a> {
    #[serde(flatten)]
    now: &'a SystemInfo,
    history: History<Value>,
}

impl App {
    /// Answers requests that show a valid token with readings of the collector.
    #[must_use]
    pub fn new(tokens: impl Into<Tokens>, collector: Collector) -> Self {
        Self {
            tokens: tokens.into(),
            collector: Mutex::new(collector),
            ring: None,
            previous: None,
            pace: Pace::default(),
        }
    }

    /// Also records readings in this ring.
    #[must_use]
    pub fn with_ring(self, ring: Ring) -> Self {
        Self {
            ring: Some(Mutex::new(ring)),
            ..self
        }
    }

    /// Also reports how the previous run ended.
    #[must_use]
    pub fn with_previous_run(self, previous: Option<PreviousRun>) -> Self {
        Self { previous, ..self }
    }

    /// The interval at which readings are recorded.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Takes a reading and records its numbers and busiest processes, without constant texts.
    pub fn record_reading(&self) {
        let Some(mut ring) = self.ring() else {
            return;
        };
        let mut info = self.read(true);
        (info.hostname, info.system, info.os, info.kernel) = (None, None, None, None);
        if let Some(processes) = &mut info.top_processes {
            processes.truncate(KEPT_PROCESSES);
        }
        if let Ok(Value::Object(reading)) = serde_json::to_value(&info) {
            ring.push(&reading);
        }
    }

    fn ring(&self) -> Option<MutexGuard<'_, Ring>> {
        let ring = self.ring.as_ref()?;
        Some(ring.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The token that a request shows, if it is valid.
    pub fn match_token<B>(&self, request: &Request<B>) -> Option<TokenMatch> {
        let header = request.headers().get(AUTHORIZATION);
        header
            .and_then(|value| bearer(value.as_bytes()))
            .and_then(|claimed| self.tokens.match_token(claimed))
    }

    /// Answers a request.
    ///
    /// `matched` is the result of [`App::match_token`] for this request.
    pub fn answer_request<B>(&self, request: &Request<B>, matched: Option<TokenMatch>) -> Answer {
        if request.uri().path() != "/systeminfo" {
            return detail(StatusCode::NOT_FOUND, "Not Found");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return method_not_allowed();
        }
        let Some(matched) = matched else {
            return unauthorized();
        };
        let interval = request.headers().get(INTERVAL_HEADER);
        if let Some(seconds) = interval.and_then(|seconds| seconds.to_str().ok()) {
            self.pace.set_from_header(seconds);
        }
        match self.body(request.uri().query().unwrap_or(""), matched) {
            Ok(body) => json(StatusCode::OK, body.into()),
            Err(_) => detail(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }

    fn body(&self, query: &str, matched: TokenMatch) -> serde_json::Result<Vec<u8>> {
        let mut now = self.read(wants_processes(query));
        let ring = self.ring();
        if let Some(agent) = &mut now.agent {
            agent.kept = ring.as_ref().map(|ring| ring.len() as u32);
            agent.previous.clone_from(&self.previous);
            agent.token_renewed = (matched == TokenMatch::Old).then_some(true);
        }
        let mut body = Vec::with_capacity(LIKELY_BYTES);
        match ring.zip(since(query)) {
            Some((ring, cursor)) => {
                let history = ring.readings_after(cursor.as_ref());
                serde_json::to_writer(&mut body, &WithHistory { now: &now, history })?;
            }
            None => serde_json::to_writer(&mut body, &now)?,
        }
        Ok(body)
    }

    fn read(&self, with_processes: bool) -> SystemInfo {
        let mut collector = self
            .collector
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        collector.read_system_info(Instant::now(), with_processes)
    }
}

/// Parses `Bearer TOKEN`; the scheme is case-insensitive.
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = header.split_at_checked(b"Bearer".len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"Bearer") && token.starts_with(b" ");
    is_bearer.then(|| token.trim_ascii())
}

/// The requested cursor into the recorded readings, if any; an invalid cursor means from the beginning.
fn since(query: &str) -> Option<Option<Cursor>> {
    let mut pairs = query.split('&');
    let cursor = pairs.find_map(|pair| pair.strip_prefix("since="))?;
    Some(cursor.parse().ok())
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
