//! The server itself: whether it is alive, whether it is ready, and what its API is.
//!
//! Alive is who answers at all. Ready is who calls the roll and can store what is answered. Whoever restarts
//! what is not alive must not restart what is alive and not ready: a disk does not empty by that, and what
//! waits in memory would be lost.

use super::problem::params_of;
use super::vocabulary::codes;
use super::{App, description};
use crate::upkeep::server_problem::ServerProblem;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::{Arc, LazyLock};
use utoipa::ToSchema;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ready`, or `failing`.
    status: &'static str,
    /// Why it is failing, in English; null when it is ready.
    problem: Option<String>,
    /// The same for programs.
    #[schema(value_type = Option<ServerProblemCode>)]
    problem_code: Option<&'static str>,
    /// The parameters of the code; empty for most.
    #[schema(value_type = Object)]
    problem_params: Map<String, Value>,
    /// The server's name, so that whoever finds the port taken learns by whom.
    service: &'static str,
    /// Its version.
    version: &'static str,
}

codes! {
    /// Every code of a problem of the server.
    ServerProblemCode = ServerProblem::CODES;
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
pub fn failing(problem: &ServerProblem) -> (StatusCode, Json<Health>) {
    health(Some(problem))
}

fn health(problem: Option<&ServerProblem>) -> (StatusCode, Json<Health>) {
    let (code, status) = if problem.is_some() {
        (StatusCode::SERVICE_UNAVAILABLE, "failing")
    } else {
        (StatusCode::OK, "ready")
    };
    let health = Health {
        status,
        problem: problem.map(ToString::to_string),
        problem_code: problem.map(ServerProblem::code),
        problem_params: problem.map(params_of).unwrap_or_default(),
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
    health(app.find_problem().as_ref())
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
