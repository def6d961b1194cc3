//! The listener and its connections: so many at once, each bounded in time and bytes.

mod crowd;
mod greeting;

use crate::connection::{MAX_REQUEST_LINE, Progress, Socket, Timeouts};
use crate::http::{Answer, App};
use crate::tls::Speech;
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

/// Bytes of a head, and of a body that is thrown away, at most.
const MAX_HEAD: usize = 16 << 10;

/// Bytes and time for what a peer still sends after it was refused, so that it reads why.
const MAX_LINGER_BYTES: u64 = 256 << 10;
const MAX_LINGER: Duration = Duration::from_secs(1);

/// How long nothing is accepted after the system could not accept: until a dismissed connection is closed,
/// or, where there was none, until something else may have changed.
const ROOM_PAUSE: Duration = Duration::from_millis(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long the end of a connection may take to be written.
const MAX_FAREWELL: Duration = Duration::from_secs(1);

/// Files that an agent opens for itself, at most, but for those of processes.
const OWN_FILES: u64 = 32;

const URI_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\ncontent-type: application/json\r\n\
    content-length: 25\r\nconnection: close\r\n\r\n{\"detail\":\"URI Too Long\"}";

/// How much a listener bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// How long each may take.
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
    /// Lets no more connections in than a process leaves room for that may have so many files open. The
    /// collector keeps files too, a quarter of them at most.
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

/// Answers until `shutdown`, then drops every connection at once.
pub async fn run(
    listener: TcpListener,
    app: Arc<App>,
    speech: Speech,
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
                let (app, speech) = (Arc::clone(&app), speech.clone());
                let connection = serve(stream, app, speech, Arc::clone(&progress));
                crowd.admit(progress, connection);
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                // Out of file descriptors or memory: make room, and do not ask again at once.
                crowd.complain(&error);
                let made_room = crowd.dismiss_one();
                sleep(if made_room { ROOM_PAUSE } else { ACCEPT_PAUSE }).await;
            }
        }
    }
}

/// A peer that went away before it was accepted is no trouble of ours.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

/// Serves one connection to its end.
async fn serve(stream: TcpStream, app: Arc<App>, speech: Speech, progress: Arc<Progress>) {
    // An answer is one write; nothing is gained by holding it back.
    let _ = stream.set_nodelay(true);
    // A handshake counts as part of the first head.
    let greeted = tokio::time::timeout_at(progress.deadline(), greet(stream, &speech)).await;
    match greeted {
        Ok(Ok(Greeted::Welcome(stream))) => converse(stream, &app, &progress).await,
        Ok(Ok(Greeted::Refused(stream, why))) => refuse(stream, why).await,
        // Too late, gone, or no TLS.
        Ok(Err(_)) | Err(_) => {}
    }
}

/// Answers what is asked over a connection, until it ends.
async fn converse(stream: Stream, app: &App, progress: &Arc<Progress>) {
    let service = service_fn(|request: Request<Incoming>| {
        let shown = app.shown(&request);
        progress.requested(shown.is_some());
        ready(Ok::<Answer, Infallible>(app.answer(&request, shown)))
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
        // Too late.
        None => {}
        Some(Ok(())) => {
            let mut stream = connection.into_parts().io.into_stream();
            let _ = timeout(MAX_FAREWELL, stream.shutdown()).await;
        }
        Some(Err(_)) => {
            let why = match progress.line_is_too_long() {
                true => URI_TOO_LONG,
                // hyper has said it.
                false => b"",
            };
            refuse(connection.into_parts().io.into_stream(), why).await;
        }
    }
}

/// Ready when the deadline, which moves as the connection comes further, has passed.
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

/// Says why, and ends a connection whose request is not answered.
///
/// What the peer still sends is taken in for a moment: to close a socket with unread bytes resets it,
/// and the peer might never read the answer.
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
    "a long line is told from a long head"
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
