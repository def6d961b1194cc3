//! Answers while the database is opened, which may take minutes if it must be migrated: the server is alive, but not
//! ready yet. Without an answer a supervisor might kill it in the middle of the migration.

use super::error::ApiError;
use super::health::{self, Liveness};
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

/// Concurrent connections; others wait until one of these ends or the server is ready.
const MAX_CONNECTIONS: usize = 64;
/// Time limit of a connection, which serves one request.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause after the system refused to accept a connection.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// When clients should try again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Answers requests until the work is done.
pub async fn answer_while_starting<T>(listener: &TcpListener, work: impl Future<Output = T>) -> T {
    tokio::select! {
        done = work => done,
        never = answer_forever(listener) => match never {},
    }
}

async fn answer_forever(listener: &TcpListener) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MAX_CONNECTIONS {
            let _ = connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(tokio::time::timeout(CONNECTION_TIMEOUT, serve(stream)));
            }
            Err(_) => tokio::time::sleep(ACCEPT_RETRY).await,
        }
    }
}

/// Answers one request.
async fn serve(stream: TcpStream) {
    let service = service_fn(|request: Request<Incoming>| {
        ready(Ok::<Response, Infallible>(answer(request.uri().path())))
    });
    // A connection that fails is only the client's problem.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(path: &str) -> Response {
    if path.ends_with("/livez") {
        return Json(Liveness::alive()).into_response();
    }
    if path.ends_with("/healthz") {
        return health::report_problem(&ServerProblem::Starting).into_response();
    }
    ApiError::from(Problem::ServerStarting)
        .retry_after(RETRY_AFTER)
        .into_response()
}
