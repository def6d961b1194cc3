//! The progress of one connection, and its deadlines.
//!
//! A request head must be complete within [`Timeouts::head`] after its first byte (the first head: after the
//! connection was accepted). An answer must be read within [`Timeouts::answer`] after its request. Only a
//! client that has shown the token may then stay idle, for [`Timeouts::idle`]. hyper has a single timeout for
//! heads and idle time, so the deadlines are tracked here, around the socket that hyper uses.

use hyper::rt::{Read, ReadBufCursor, Write};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// Maximum number of bytes in the first line of a request.
pub const MAX_REQUEST_LINE: usize = 8 << 10;

/// Bytes per read.
const READ_BYTES: usize = 4096;

/// Time limits of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// From a request to the end of its answer.
    pub answer: Duration,
    /// From an answer to the next request.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            answer: Duration::from_secs(10),
            idle: Duration::from_secs(600),
        }
    }
}

/// The progress of a connection; shared by its socket, its requests and its deadline timer.
pub struct Progress {
    timeouts: Timeouts,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    deadline: Instant,
    authorised: bool,
    /// Bytes of the first line so far, and whether it is complete.
    line_bytes: usize,
    line_over: bool,
    /// The last bytes read. If they are not the end of a head, the client sent more than one head.
    tail: [u8; 4],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// A head is being read.
    Head,
    /// A request is being answered.
    Answer {
        /// Whether some of the answer has been written.
        begun: bool,
    },
    /// No request is in progress.
    Idle,
}

impl Progress {
    /// Starts with a connection that has just been accepted.
    #[must_use]
    pub fn new(timeouts: Timeouts) -> Self {
        let state = State {
            phase: Phase::Head,
            deadline: Instant::now() + timeouts.head,
            authorised: false,
            line_bytes: 0,
            line_over: false,
            tail: [0; 4],
        };
        Self {
            timeouts,
            state: Mutex::new(state),
        }
    }

    /// When the connection is closed unless it makes progress.
    pub fn deadline(&self) -> Instant {
        self.state().deadline
    }

    /// Whether the token has been shown on this connection.
    pub fn is_authorised(&self) -> bool {
        self.state().authorised
    }

    /// Whether a request's first line was longer than [`MAX_REQUEST_LINE`].
    pub fn line_is_too_long(&self) -> bool {
        self.state().line_bytes > MAX_REQUEST_LINE
    }

    /// Records a complete request head; `authorised` if it shows the token.
    pub fn requested(&self, authorised: bool) {
        let mut state = self.state();
        state.phase = Phase::Answer { begun: false };
        state.deadline = Instant::now() + self.timeouts.answer;
        state.authorised |= authorised;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn received(&self, bytes: &[u8]) {
        let mut state = self.state();
        if bytes.is_empty() {
            return;
        }
        if state.phase == Phase::Idle {
            state.begin_head(self.timeouts.head);
        }
        state.count_line(bytes);
        state.keep_tail(bytes);
    }

    fn wrote(&self) {
        let mut state = self.state();
        if let Phase::Answer { begun } = &mut state.phase {
            *begun = true;
        }
    }

    /// Records that everything has been written.
    fn flushed(&self) {
        let mut state = self.state();
        if state.phase != (Phase::Answer { begun: true }) {
            return;
        }
        state.begin_head(self.timeouts.head);
        if state.authorised && state.tail.ends_with(b"\n\r\n") {
            state.phase = Phase::Idle;
            state.deadline = Instant::now() + self.timeouts.idle;
        }
    }
}

impl State {
    fn begin_head(&mut self, timeout: Duration) {
        self.phase = Phase::Head;
        self.deadline = Instant::now() + timeout;
        self.line_bytes = 0;
        self.line_over = false;
    }

    fn count_line(&mut self, bytes: &[u8]) {
        if self.line_over || self.phase != Phase::Head {
            return;
        }
        let end = bytes.iter().position(|&byte| byte == b'\n');
        self.line_over = end.is_some();
        self.line_bytes = self.line_bytes.saturating_add(end.unwrap_or(bytes.len()));
    }

    fn keep_tail(&mut self, bytes: &[u8]) {
        let new = &bytes[bytes.len().saturating_sub(self.tail.len())..];
        self.tail.rotate_left(new.len());
        let start = self.tail.len() - new.len();
        self.tail[start..].copy_from_slice(new);
    }
}

/// A socket that updates its [`Progress`].
pub struct Socket<S> {
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Socket<S> {
    /// Wraps a stream.
    #[must_use]
    pub fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self { stream, progress }
    }

    /// Returns the stream.
    #[must_use]
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> Read for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; READ_BYTES];
        let room = buffer.remaining().min(READ_BYTES);
        let mut read = ReadBuf::new(&mut bytes[..room]);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
        self.progress.received(read.filled());
        if self.progress.line_is_too_long() {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        buffer.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Write for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.progress.wrote();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.progress.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
