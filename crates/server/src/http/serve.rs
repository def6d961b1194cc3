//! Connections: accepted, bounded in number and in the time of their heads, and ended in good order.

use super::crowd::{Crowd, Place};
use super::peer::PeerAddress;
use crate::config::BasePath;
use crate::descriptors::raise_limit;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::Uri;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;
use tower::util::Oneshot;

/// For the head of a request, and for a browser that keeps its connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// For somebody who asked to read on.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests under way when the server stops get this long.
const GRACE: Duration = Duration::from_secs(2);
/// Bytes of the head of a request, at most.
const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
const MAX_CONNECTIONS: usize = 4_096;
/// After the system refused one more connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is done, and then what is under way, for [`GRACE`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    base: BasePath,
    shutdown: impl Future<Output = ()>,
) {
    let service = Service {
        router,
        base: Arc::new(base),
    };
    let graceful = GracefulShutdown::new();
    // A quarter of the descriptors: the others are the roll's and the database's.
    let crowd = Crowd::new(MAX_CONNECTIONS.min(raise_limit() / 4));
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => connect(stream, peer, service.clone(), &graceful, crowd.enter()),
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
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

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    answering: Service,
    graceful: &GracefulShutdown,
    place: Place,
) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let known = place.known();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(PeerAddress(peer));
        request.extensions_mut().insert(known.clone());
        answering.answer(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(64 * 1024)
        .max_header_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            // How a browser's connection ends is the browser's business.
            _ = connection => {}
            () = place.dismissed() => {}
        }
    });
}
