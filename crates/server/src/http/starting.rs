//! What is answered while the database is opened, which may take minutes where an old one is migrated: that the
//! server is alive, and not ready yet. Else whoever watches it would end it in the middle of that.

use super::error::ApiError;
use super::health::{self, Life};
use super::problem::Problem;
use crate::upkeep::server_problem::ServerProblem;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Connections at once: further ones wait until the server is ready, or until one of these is done.
const MAX_CONNECTIONS: usize = 64;
/// For a connection, which has one request.
const PATIENCE: Duration = Duration::from_secs(5);
/// After the system refused one more connection.
const PAUSE: Duration = Duration::from_millis(100);
/// When it is worth asking again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Answers until the work is done.
pub async fn meanwhile<T>(listener: &TcpListener, work: impl Future<Output = T>) -> T {
    tokio::select! {
        done = work => done,
        never = answer_all(listener) => match never {},
    }
}

async fn answer_all(listener: &TcpListener) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MAX_CONNECTIONS {
            let _ = connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(tokio::time::timeout(PATIENCE, serve(stream)));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Answers one request.
async fn serve(stream: TcpStream) {
    let service = service_fn(|request: Request<Incoming>| {
        ready(Ok::<Response, Infallible>(answer(request.uri().path())))
    });
    // How the connection ends is the business of whoever asked.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(path: &str) -> Response {
    if path.ends_with("/livez") {
        return Json(Life::alive()).into_response();
    }
    if path.ends_with("/healthz") {
        return health::failing(&ServerProblem::Starting).into_response();
    }
    ApiError::from(Problem::ServerStarting)
        .retry_after(RETRY_AFTER)
        .into_response()
}
