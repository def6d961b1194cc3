//! Accepts connections, limits their number and their idle times, and shuts them down gracefully.

mod handshake;
mod streams;

use super::client::{OverTls, PeerAddress};
use super::connection_slots::{ConnectionSlot, ConnectionSlots, SignedInMark};
use crate::config::BasePath;
use crate::ops::descriptors::{browser_share, raise_limit};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use handshake::{Connection, negotiate_protocol};
use http::{HeaderValue, Uri, header};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use streams::{Streams, Timeouts};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tower::util::Oneshot;

/// Time limit for a client that does not read the answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// Time limit for requests in progress when the server stops.
const GRACE: Duration = Duration::from_secs(2);
/// Largest head of a request in bytes.
const MAX_HEAD: u32 = 32 * 1024;
const MAX_HEADERS: usize = 100;
const MAX_CONNECTIONS: usize = 4_096;
/// Concurrent requests of one HTTP/2 connection.
const MAX_STREAMS: u32 = 64;
/// Receive window of an HTTP/2 connection in bytes.
const READ_WINDOW: u32 = 64 * 1024;
/// Send buffer of an HTTP/2 stream in bytes.
const SEND_BUFFER: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);
/// Pause after the system refused to accept a connection.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
const LOG_AGAIN_AFTER: Duration = Duration::from_secs(600);

/// Serves until `shutdown` returns; requests in progress then get [`GRACE`].
pub async fn serve_http(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    base: BasePath,
    head_timeout: Duration,
    shutdown: impl Future<Output = ()>,
) {
    let service = Service {
        router,
        base: Arc::new(base),
        head_timeout,
    };
    let graceful = GracefulShutdown::new();
    let slots = ConnectionSlots::new(MAX_CONNECTIONS.min(browser_share(raise_limit())));
    let mut logged: Option<Instant> = None;
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let slot = slots.take_slot();
                    let handler = Handler { service: service.clone(), peer: PeerAddress(peer), mark: slot.signed_in_mark() };
                    spawn_connection(stream, tls.clone(), handler, graceful.watcher(), slot);
                }
                Err(error) => {
                    if logged.is_none_or(|at| at.elapsed() > LOG_AGAIN_AFTER) {
                        logged = Some(Instant::now());
                        tracing::warn!(%error, "cannot accept a connection; further failures are not logged for ten minutes");
                    }
                    tokio::time::sleep(ACCEPT_RETRY).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// Answers requests at any base path.
#[derive(Clone)]
struct Service {
    router: Router,
    base: Arc<BasePath>,
    /// Time limits for the head of a request and for an idle connection.
    head_timeout: Duration,
}

impl Service {
    fn answer(&self, mut request: Request) -> Oneshot<Router, Request> {
        if !self.base.is_root()
            && let Some(uri) = strip_base(&self.base, request.uri())
        {
            *request.uri_mut() = uri;
        }
        self.router.clone().oneshot(request)
    }
}

/// The URI without the base path; `None` if that is not a URI.
fn strip_base(base: &BasePath, uri: &Uri) -> Option<Uri> {
    let path = base.strip(uri.path());
    let query = uri.query().map(|query| format!("?{query}"));
    format!("{path}{}", query.unwrap_or_default()).parse().ok()
}

/// Answers the requests of one connection.
#[derive(Clone)]
struct Handler {
    service: Service,
    peer: PeerAddress,
    mark: SignedInMark,
}

impl Handler {
    fn answer(&self, request: Request<Incoming>, is_tls: bool) -> Oneshot<Router, Request> {
        let mut request = set_host(request.map(Body::new));
        request.extensions_mut().insert(self.peer);
        request.extensions_mut().insert(self.mark.clone());
        if is_tls {
            request.extensions_mut().insert(OverTls);
        }
        self.service.answer(request)
    }
}

/// HTTP/2 sends the host in the URI, which overrides a Host header. Copies it to the header, where all handlers look
/// for it, as in HTTP/1.1.
fn set_host(mut request: Request) -> Request {
    let authority = request.uri().authority().map(|host| host.as_str().parse());
    if let Some(Ok(host)) = authority {
        let host: HeaderValue = host;
        request.headers_mut().insert(header::HOST, host);
    }
    let path = request.uri().path_and_query().cloned();
    if let (http::Version::HTTP_2, Some(path)) = (request.version(), path) {
        *request.uri_mut() = path.into();
    }
    request
}

fn spawn_connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    handler: Handler,
    watcher: Watcher,
    slot: ConnectionSlot,
) {
    let _ = stream.set_nodelay(true);
    let serving = async move {
        match negotiate_protocol(stream, tls.as_ref(), handler.service.head_timeout).await {
            Some(Connection::Http1(stream)) => serve_http1(stream, handler, false, watcher).await,
            Some(Connection::Http1OverTls(stream)) => {
                serve_http1(stream, handler, true, watcher).await;
            }
            Some(Connection::Http2OverTls(stream)) => serve_http2(stream, handler, watcher).await,
            None => {}
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            () = serving => {}
            () = slot.wait_until_evicted() => {}
        }
    });
}

async fn serve_http1(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    handler: Handler,
    is_tls: bool,
    watcher: Watcher,
) {
    let head_timeout = handler.service.head_timeout;
    let service = service_fn(move |request| handler.answer(request, is_tls));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_buf_size(64 * 1024)
        .max_header_size(MAX_HEAD as usize)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let _ = watcher.watch(connection).await;
}

/// hyper has no idle and write timeouts for HTTP/2; [`Streams`] adds them.
async fn serve_http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    handler: Handler,
    watcher: Watcher,
) {
    let timeouts = Timeouts {
        idle: handler.service.head_timeout,
        stalled: WRITE_TIMEOUT,
    };
    let streams = Arc::new(Streams::default());
    let tracker = streams.clone();
    let service = service_fn(move |request| {
        let (stream, answer) = (tracker.track_request(), handler.answer(request, true));
        async move { Ok::<_, Infallible>(answer.await?.map(|body| stream.track_body(body))) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD)
        .initial_stream_window_size(READ_WINDOW)
        .initial_connection_window_size(READ_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(WRITE_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = watcher.watch(connection) => {}
        () = streams.wait_until_timeout(timeouts) => {}
    }
}
