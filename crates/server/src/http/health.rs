//! The server itself: whether it is alive, whether it is ready, and what its API is.
//!
//! Alive is who answers at all. Ready is who calls the roll and can store what is answered. Whoever restarts
//! what is not alive must not restart what is alive and not ready: a disk does not empty by that, and what
//! waits in memory would be lost.

use super::{App, description};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use std::sync::{Arc, LazyLock};
use utoipa::ToSchema;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ready`, or `failing`.
    status: &'static str,
    /// Why it is failing, in a sentence.
    problem: Option<&'static str>,
    /// The server's name, so that whoever finds the port taken learns by whom.
    service: &'static str,
    /// Its version.
    version: &'static str,
}

/// That the server answers.
#[derive(Serialize, ToSchema)]
pub struct Life {
    /// `alive`.
    status: &'static str,
    /// The server's name.
    service: &'static str,
    /// Its version.
    version: &'static str,
}

const SERVICE: &str = "muster";
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Life {
    /// It does.
    pub fn alive() -> Self {
        Self {
            status: "alive",
            service: SERVICE,
            version: VERSION,
        }
    }
}

/// The answer of a server that is not ready.
pub fn failing(problem: &'static str) -> (StatusCode, Json<Health>) {
    health(Some(problem))
}

fn health(problem: Option<&'static str>) -> (StatusCode, Json<Health>) {
    let (code, status) = match problem {
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "failing"),
        None => (StatusCode::OK, "ready"),
    };
    let health = Health {
        status,
        problem,
        service: SERVICE,
        version: VERSION,
    };
    (code, Json(health))
}

/// Whether the server is ready: calls the roll, and can store what is answered
#[utoipa::path(
    get,
    path = "/healthz",
    responses((status = 200, body = Health), (status = 503, description = "not ready; `problem` says why", body = Health))
)]
pub async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    health(app.problem())
}

/// Whether the server is alive: it answers, ready or not
#[utoipa::path(get, path = "/livez", responses((status = 200, body = Life)))]
pub async fn livez() -> Json<Life> {
    Json(Life::alive())
}

/// This description
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"))
)]
pub async fn openapi() -> Response {
    static DOCUMENT: LazyLock<String> =
        LazyLock::new(|| description::openapi().to_json().unwrap_or_default());
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, DOCUMENT.as_str()).into_response()
}
