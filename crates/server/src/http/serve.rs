//! Connections: accepted, bounded in number and in the time of their heads, and ended in good order.

mod greeting;
mod streams;

use super::crowd::{Crowd, Known, Place};
use super::peer::{OverTls, PeerAddress};
use crate::config::BasePath;
use crate::ops::descriptors::{browser_share, raise_limit};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use greeting::{Stream, greet};
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
use streams::{Patience, Streams};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tower::util::Oneshot;

/// For somebody who asked to read on.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests under way when the server stops get this long.
const GRACE: Duration = Duration::from_secs(2);
/// Bytes of the head of a request, at most.
const MAX_HEAD: u32 = 32 * 1024;
const MAX_HEADERS: usize = 100;
const MAX_CONNECTIONS: usize = 4_096;
/// Of one connection of HTTP/2: answers at once, bytes of a head, of what is read ahead, of what waits to be
/// written, and after how much silence its other end is asked whether it is there.
const MAX_STREAMS: u32 = 64;
const READ_AHEAD: u32 = 64 * 1024;
const WRITE_AHEAD: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);
/// After the system refused one more connection.
const PAUSE: Duration = Duration::from_millis(100);
const COMPLAIN_AGAIN_AFTER: Duration = Duration::from_secs(600);

/// Serves until `shutdown` is done, and then what is under way, for [`GRACE`].
pub async fn serve(
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
    let crowd = Crowd::new(MAX_CONNECTIONS.min(browser_share(raise_limit())));
    let mut complained: Option<Instant> = None;
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let place = crowd.enter();
                    let asker = Asker { service: service.clone(), peer: PeerAddress(peer), known: place.known() };
                    connect(stream, tls.clone(), asker, graceful.watcher(), place);
                }
                Err(error) => {
                    if complained.is_none_or(|at| at.elapsed() > COMPLAIN_AGAIN_AFTER) {
                        complained = Some(Instant::now());
                        tracing::warn!(%error, "a browser's connection cannot be accepted; more of these are not told for ten minutes");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// What answers, wherever it was asked for.
#[derive(Clone)]
struct Service {
    router: Router,
    base: Arc<BasePath>,
    /// For the head of a request, and for a browser that keeps its connection open.
    head_timeout: Duration,
}

impl Service {
    fn answer(&self, mut request: Request) -> Oneshot<Router, Request> {
        if !self.base.is_root()
            && let Some(uri) = below(&self.base, request.uri())
        {
            *request.uri_mut() = uri;
        }
        self.router.clone().oneshot(request)
    }
}

/// The address without the base path; none where nothing is to be taken off.
fn below(base: &BasePath, uri: &Uri) -> Option<Uri> {
    let path = base.strip(uri.path());
    let query = uri.query().map(|query| format!("?{query}"));
    format!("{path}{}", query.unwrap_or_default()).parse().ok()
}

/// Who asks over a connection, and what answers them.
#[derive(Clone)]
struct Asker {
    service: Service,
    peer: PeerAddress,
    known: Known,
}

impl Asker {
    fn answer(&self, request: Request<Incoming>, is_tls: bool) -> Oneshot<Router, Request> {
        let mut request = with_host(request.map(Body::new));
        request.extensions_mut().insert(self.peer);
        request.extensions_mut().insert(self.known.clone());
        if is_tls {
            request.extensions_mut().insert(OverTls);
        }
        self.service.answer(request)
    }
}

/// HTTP/2 names the host in the address, which counts whatever a header says beside it; all that follows looks
/// for it in its header, as HTTP/1.1 has it.
fn with_host(mut request: Request) -> Request {
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

fn connect(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    asker: Asker,
    watcher: Watcher,
    place: Place,
) {
    let _ = stream.set_nodelay(true);
    let serving = async move {
        match greet(stream, tls.as_ref(), asker.service.head_timeout).await {
            Some(Stream::Plain(stream)) => one_by_one(stream, asker, false, watcher).await,
            Some(Stream::Tls(stream)) => one_by_one(stream, asker, true, watcher).await,
            Some(Stream::Http2(stream)) => side_by_side(stream, asker, watcher).await,
            None => {}
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            // How a browser's connection ends is the browser's business.
            () = serving => {}
            () = place.dismissed() => {}
        }
    });
}

/// HTTP/1.1.
async fn one_by_one(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    asker: Asker,
    is_tls: bool,
    watcher: Watcher,
) {
    let head_timeout = asker.service.head_timeout;
    let service = service_fn(move |request| asker.answer(request, is_tls));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_buf_size(64 * 1024)
        .max_header_size(MAX_HEAD as usize)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let _ = watcher.watch(connection).await;
}

/// HTTP/2. It has no times of its own: who asks nothing, or does not take what was asked for, is told by its
/// streams.
async fn side_by_side(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    asker: Asker,
    watcher: Watcher,
) {
    let patience = Patience {
        idle: asker.service.head_timeout,
        stalled: WRITE_TIMEOUT,
    };
    let streams = Arc::new(Streams::default());
    let begun = streams.clone();
    let service = service_fn(move |request| {
        let (stream, answer) = (begun.begin(), asker.answer(request, true));
        async move { Ok::<_, Infallible>(answer.await?.map(|body| stream.around(body))) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD)
        .initial_stream_window_size(READ_AHEAD)
        .initial_connection_window_size(READ_AHEAD)
        .max_send_buf_size(WRITE_AHEAD)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(WRITE_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = watcher.watch(connection) => {}
        () = streams.overdue(patience) => {}
    }
}
