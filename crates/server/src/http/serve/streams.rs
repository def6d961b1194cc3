//! The answers under way over one connection of HTTP/2, and whether its other end takes them.
//!
//! The other end says for each stream how much it will take. Who asks and takes nothing keeps an answer here
//! for ever, though the connection itself is never blocked; so it is noted when an answer's part was handed
//! over, until the next one is asked for.

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// How often times are looked at, of the shortest of them.
const LOOKS: u32 = 4;

/// How long a connection may take.
#[derive(Clone, Copy)]
pub struct Patience {
    /// Without a request.
    pub idle: Duration,
    /// From a part of an answer to the next that is asked for.
    pub stalled: Duration,
}

/// All of a connection's answers.
pub struct Streams(Mutex<State>);

struct State {
    begun: u64,
    /// When a part was handed over that is not taken yet.
    handed: HashMap<u64, Option<Instant>>,
    /// Since when there is none.
    idle_since: Instant,
}

impl Default for Streams {
    fn default() -> Self {
        Self(Mutex::new(State {
            begun: 0,
            handed: HashMap::new(),
            idle_since: Instant::now(),
        }))
    }
}

impl Streams {
    /// A request has come.
    pub fn begin(self: &Arc<Self>) -> Stream {
        let mut state = self.state();
        state.begun += 1;
        let number = state.begun;
        state.handed.insert(number, None);
        Stream {
            streams: self.clone(),
            number,
        }
    }

    /// Done once the connection has taken too long.
    pub async fn overdue(&self, patience: Patience) {
        let mut looks = tokio::time::interval(patience.idle.min(patience.stalled) / LOOKS);
        while !self.is_overdue(patience) {
            looks.tick().await;
        }
    }

    fn is_overdue(&self, patience: Patience) -> bool {
        let state = self.state();
        let is_stalled = |handed: &Instant| handed.elapsed() > patience.stalled;
        match state.handed.is_empty() {
            true => state.idle_since.elapsed() > patience.idle,
            false => state.handed.values().flatten().any(is_stalled),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One answer, from its request to its last byte.
pub struct Stream {
    streams: Arc<Streams>,
    number: u64,
}

impl Stream {
    /// Notes when its parts are asked for.
    pub fn around(self, body: Body) -> Noted {
        Noted { body, stream: self }
    }

    fn note(&self, handed: Option<Instant>) {
        self.streams.state().handed.insert(self.number, handed);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut state = self.streams.state();
        state.handed.remove(&self.number);
        if state.handed.is_empty() {
            state.idle_since = Instant::now();
        }
    }
}

/// The body of an answer.
pub struct Noted {
    body: Body,
    stream: Stream,
}

impl HttpBody for Noted {
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

    const PATIENCE: Patience = Patience {
        idle: Duration::from_millis(40),
        stalled: Duration::from_millis(40),
    };

    async fn is_overdue(streams: &Streams) -> bool {
        let overdue = streams.overdue(PATIENCE);
        tokio::time::timeout(Duration::from_millis(200), overdue)
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn who_asks_nothing_goes() {
        let streams = Arc::new(Streams::default());
        assert!(is_overdue(&streams).await);
        drop(streams.begin());
        assert!(!streams.is_overdue(PATIENCE));
    }

    #[tokio::test]
    async fn who_takes_nothing_goes_and_who_waits_stays() {
        let streams = Arc::new(Streams::default());
        // An answer that is yet to be made, and a stream of events in which nothing happens.
        let _made = streams.begin();
        let silence = futures_util::stream::pending::<Result<Bytes, axum::Error>>();
        let mut waiting = streams.begin().around(Body::from_stream(silence));
        let ask = tokio::time::timeout(Duration::from_millis(1), waiting.frame());
        assert!(ask.await.is_err());
        assert!(!is_overdue(&streams).await);
        let mut taken = streams.begin().around(Body::from("a part"));
        assert!(taken.frame().await.is_some());
        assert!(is_overdue(&streams).await);
        drop(taken);
        assert!(!is_overdue(&streams).await);
    }
}
