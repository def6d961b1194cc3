//! The listener and its connections, limited in number, time and bytes.

mod crowd;
mod greeting;

use crate::connection::{MAX_REQUEST_LINE, Progress, Socket, Timeouts};
use crate::http::{Answer, App};
use crate::tls::Protocols;
use crowd::Crowd;
use greeting::{Greeted, Stream, greet};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, body::Incoming};
use std::convert::Infallible;
use std::future::{poll_fn, ready};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep, sleep_until, timeout};

/// Maximum number of bytes of a request head, and of a body, which is discarded.
const MAX_HEAD: usize = 16 << 10;

/// Limits for reading what a refused client still sends, so that it can read the refusal.
const MAX_LINGER_BYTES: u64 = 256 << 10;
const MAX_LINGER: Duration = Duration::from_secs(1);

/// Pauses after `accept` failed: until a dismissed connection is closed or, if there was none to dismiss, until
/// the situation may have changed.
const ROOM_PAUSE: Duration = Duration::from_millis(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Maximum time for writing the end of a connection.
const MAX_FAREWELL: Duration = Duration::from_secs(1);

/// Maximum number of files that an agent opens for itself, not counting those of processes.
const OWN_FILES: u64 = 32;

const URI_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\ncontent-type: application/json\r\n\
    content-length: 25\r\nconnection: close\r\n\r\n{\"detail\":\"URI Too Long\"}";

/// Limits of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum number of simultaneous connections.
    pub connections: usize,
    /// Time limits of each connection.
    pub timeouts: Timeouts,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            timeouts: Timeouts::default(),
        }
    }
}

impl Limits {
    /// Reduces the number of connections to what a process with this many permitted files can hold. The
    /// collector uses up to a quarter of the files.
    #[must_use]
    pub fn within(self, permitted_files: u64) -> Self {
        let left = (permitted_files - permitted_files / 4)
            .saturating_sub(OWN_FILES)
            .max(4);
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        Self {
            connections: self.connections.min(left),
            ..self
        }
    }
}

/// Serves requests until `shutdown`, then drops all connections.
pub async fn run_until_stopped(
    listener: TcpListener,
    app: Arc<App>,
    protocols: Protocols,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let mut crowd = Crowd::new(limits.connections);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let progress = Arc::new(Progress::new(limits.timeouts));
                let (app, protocols) = (Arc::clone(&app), protocols.clone());
                let connection = serve(stream, app, protocols, Arc::clone(&progress));
                crowd.admit(progress, connection);
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                // Out of file descriptors or memory: close a connection, and do not retry at once.
                crowd.log_accept_error(&error);
                let made_room = crowd.dismiss_one();
                sleep(if made_room { ROOM_PAUSE } else { ACCEPT_PAUSE }).await;
            }
        }
    }
}

/// A client that disconnected before it was accepted is not an error of ours.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

/// Serves one connection to its end.
async fn serve(stream: TcpStream, app: Arc<App>, protocols: Protocols, progress: Arc<Progress>) {
    // An answer is a single write, so there is no reason to delay it.
    let _ = stream.set_nodelay(true);
    // The TLS handshake counts as part of the first head.
    let greeted = tokio::time::timeout_at(progress.deadline(), greet(stream, &protocols)).await;
    match greeted {
        Ok(Ok(Greeted::Welcome(stream))) => converse(stream, &app, &progress).await,
        Ok(Ok(Greeted::Refused(stream, why))) => refuse(stream, why).await,
        // Timeout, disconnected, or not TLS.
        Ok(Err(_)) | Err(_) => {}
    }
}

/// Answers requests on a connection until it ends.
async fn converse(stream: Stream, app: &App, progress: &Arc<Progress>) {
    let service = service_fn(|request: Request<Incoming>| {
        let matched = app.match_token(&request);
        progress.requested(matched.is_some());
        ready(Ok::<Answer, Infallible>(
            app.answer_request(&request, matched),
        ))
    });
    let socket = Socket::new(stream, Arc::clone(progress));
    let mut connection = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .header_read_timeout(None)
        .serve_connection(socket, service);
    let mut clock = pin!(sleep_until(progress.deadline()));
    let ended = poll_fn(|context| {
        if let Poll::Ready(result) = connection.poll_without_shutdown(context) {
            return Poll::Ready(Some(result));
        }
        poll_deadline(clock.as_mut(), progress, context).map(|()| None)
    });
    match ended.await {
        // Timeout.
        None => {}
        Some(Ok(())) => {
            let mut stream = connection.into_parts().io.into_stream();
            let _ = timeout(MAX_FAREWELL, stream.shutdown()).await;
        }
        Some(Err(_)) => {
            let why = match progress.line_is_too_long() {
                true => URI_TOO_LONG,
                // hyper has already sent an error.
                false => b"",
            };
            refuse(connection.into_parts().io.into_stream(), why).await;
        }
    }
}

/// Ready when the deadline has passed. The deadline moves as the connection makes progress.
fn poll_deadline(
    mut clock: Pin<&mut Sleep>,
    progress: &Progress,
    context: &mut Context<'_>,
) -> Poll<()> {
    let deadline = progress.deadline();
    if clock.deadline() != deadline {
        clock.as_mut().reset(deadline);
    }
    clock.poll(context)
}

/// Ends a connection without answering its request, after sending `why`.
///
/// Reads what the client still sends for a moment: closing a socket with unread bytes resets it, and the client
/// might never see the answer.
async fn refuse(mut stream: Stream, why: &[u8]) {
    let farewell = async {
        stream.write_all(why).await?;
        stream.shutdown().await
    };
    let _ = timeout(MAX_FAREWELL, farewell).await;
    let mut rest = stream.take(MAX_LINGER_BYTES);
    let mut bytes = [0; 1024];
    let drain = async { while rest.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
    let _ = timeout(MAX_LINGER, drain).await;
}

const _: () = assert!(
    MAX_REQUEST_LINE < MAX_HEAD,
    "a long line must be distinguishable from a long head"
);

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn connections_leave_room_for_other_files() {
        let connections = |files| Limits::default().within(files).connections;
        assert_eq!(connections(u64::MAX), 256);
        assert_eq!(connections(1024), 256);
        assert_eq!(connections(256), 160);
        assert_eq!(connections(64), 16);
        assert_eq!(connections(10), 4);
    }
}
