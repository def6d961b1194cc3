//! Connections: accepted, bounded in number and in the time of their heads, and ended in good order.

use super::peer::PeerAddress;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

/// For the head of a request, and for a browser that keeps its connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Requests under way when the server stops get this long.
const GRACE: Duration = Duration::from_secs(2);
const MAX_CONNECTIONS: usize = 4_096;
/// After the system refused one more connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is done, and then what is under way, for [`GRACE`].
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            (accepted, place) = accept(&listener, &places) => match accepted {
                Ok((stream, peer)) => connect(stream, peer, router.clone(), &graceful, place),
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

type Accepted = (
    io::Result<(TcpStream, SocketAddr)>,
    Option<OwnedSemaphorePermit>,
);

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Accepted {
    // Nobody closes the semaphore.
    let place = places.clone().acquire_owned().await.ok();
    (listener.accept().await, place)
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    graceful: &GracefulShutdown,
    place: Option<OwnedSemaphorePermit>,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(PeerAddress(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // How a browser's connection ends is the browser's business.
        let _ = connection.await;
        drop(place);
    });
}
