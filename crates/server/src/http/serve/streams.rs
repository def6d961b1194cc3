//! Idle and write timeouts of an HTTP/2 connection.
//!
//! HTTP/2 has flow control for each stream: a client that sends a request and never reads the answer would hold the
//! answer forever, although the connection itself is not blocked. So each stream notes when a part of its answer was
//! handed over, until hyper asks for the next part.

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// How often the timeouts are checked within the shorter one.
const CHECKS: u32 = 4;

/// The timeouts of a connection.
#[derive(Clone, Copy)]
pub struct Timeouts {
    /// For a connection without a request.
    pub idle: Duration,
    /// For the client to accept a part of an answer.
    pub stalled: Duration,
}

/// All streams of a connection.
pub struct Streams(Mutex<State>);

struct State {
    opened: u64,
    /// When the last part of each answer was handed over, if it has not been accepted yet.
    handed_over: HashMap<u64, Option<Instant>>,
    /// Since when there has been no stream.
    idle_since: Instant,
}

impl Default for Streams {
    fn default() -> Self {
        Self(Mutex::new(State {
            opened: 0,
            handed_over: HashMap::new(),
            idle_since: Instant::now(),
        }))
    }
}

impl Streams {
    /// Tracks a new request.
    pub fn track_request(self: &Arc<Self>) -> Stream {
        let mut state = self.state();
        state.opened += 1;
        let number = state.opened;
        state.handed_over.insert(number, None);
        Stream {
            streams: self.clone(),
            number,
        }
    }

    /// Returns once a timeout has passed.
    pub async fn wait_until_timeout(&self, timeouts: Timeouts) {
        let mut checks = tokio::time::interval(timeouts.idle.min(timeouts.stalled) / CHECKS);
        while !self.has_timed_out(timeouts) {
            checks.tick().await;
        }
    }

    fn has_timed_out(&self, timeouts: Timeouts) -> bool {
        let state = self.state();
        if state.handed_over.is_empty() {
            return state.idle_since.elapsed() > timeouts.idle;
        }
        let is_stalled = |handed_over: &Instant| handed_over.elapsed() > timeouts.stalled;
        state.handed_over.values().flatten().any(is_stalled)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream, from its request to the last byte of its answer.
pub struct Stream {
    streams: Arc<Streams>,
    number: u64,
}

impl Stream {
    /// Notes when hyper asks for the parts of this body.
    pub fn track_body(self, body: Body) -> TrackedBody {
        TrackedBody { body, stream: self }
    }

    fn note(&self, handed_over: Option<Instant>) {
        self.streams
            .state()
            .handed_over
            .insert(self.number, handed_over);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut state = self.streams.state();
        state.handed_over.remove(&self.number);
        if state.handed_over.is_empty() {
            state.idle_since = Instant::now();
        }
    }
}

/// The body of an answer.
pub struct TrackedBody {
    body: Body,
    stream: Stream,
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.stream.note(None);
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.stream.note(Some(Instant::now()));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    const TIMEOUTS: Timeouts = Timeouts {
        idle: Duration::from_millis(40),
        stalled: Duration::from_millis(40),
    };

    async fn times_out(streams: &Streams) -> bool {
        let timeout = streams.wait_until_timeout(TIMEOUTS);
        tokio::time::timeout(Duration::from_millis(200), timeout)
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn a_connection_without_requests_times_out() {
        let streams = Arc::new(Streams::default());
        assert!(times_out(&streams).await);
        drop(streams.track_request());
        assert!(!streams.has_timed_out(TIMEOUTS));
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_times_out_and_one_that_waits_does_not() {
        let streams = Arc::new(Streams::default());
        // An answer in preparation, and a stream of events without any event.
        let _preparing = streams.track_request();
        let silence = futures_util::stream::pending::<Result<Bytes, axum::Error>>();
        let mut waiting = streams
            .track_request()
            .track_body(Body::from_stream(silence));
        let ask = tokio::time::timeout(Duration::from_millis(1), waiting.frame());
        assert!(ask.await.is_err());
        assert!(!times_out(&streams).await);
        let mut taken = streams.track_request().track_body(Body::from("a part"));
        assert!(taken.frame().await.is_some());
        assert!(times_out(&streams).await);
        drop(taken);
        assert!(!times_out(&streams).await);
    }
}
