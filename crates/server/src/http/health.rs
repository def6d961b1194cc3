//! Whether the server is alive, whether it is ready, and the description of its API.
//!
//! It is alive if it answers at all, and ready if it polls its computers and can store samples. A supervisor must not
//! restart a server that is alive but not ready: that frees no disk space, and samples waiting in memory would be lost.

use super::App;
use super::problem::params_of;
use super::vocabulary::codes;
use crate::upkeep::server_problem::ServerProblem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

/// Whether the server is ready.
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
    /// Always `muster`, so that a program that finds the port in use can report what uses it.
    service: &'static str,
    /// The server's version.
    version: &'static str,
}

codes! {
    /// Every code of a problem of the server.
    ServerProblemCode = ServerProblem::CODES;
}

/// The answer of a server that is alive.
#[derive(Serialize, ToSchema)]
pub struct Liveness {
    /// `alive`.
    status: &'static str,
    /// `muster`.
    service: &'static str,
    /// The server's version.
    version: &'static str,
}

const SERVICE: &str = "muster";
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Liveness {
    pub fn alive() -> Self {
        Self {
            status: "alive",
            service: SERVICE,
            version: VERSION,
        }
    }
}

/// The answer of a server that is not ready.
pub fn report_problem(problem: &ServerProblem) -> (StatusCode, Json<Health>) {
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

/// Whether the server is ready: it polls its computers and can store samples
#[utoipa::path(
    get,
    path = "/healthz",
    responses((status = 200, body = Health), (status = 503, description = "not ready; `problem` says why", body = Health))
)]
pub async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    health(app.find_problem().as_ref())
}

/// Whether the server is alive, ready or not
#[utoipa::path(get, path = "/livez", responses((status = 200, body = Liveness)))]
pub async fn livez() -> Json<Liveness> {
    Json(Liveness::alive())
}

/// The JSON of the description, made on the first request.
#[derive(Clone, Copy)]
pub struct OpenApiJson(pub fn() -> &'static str);

/// This description
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"))
)]
pub async fn openapi(Extension(OpenApiJson(json)): Extension<OpenApiJson>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json()).into_response()
}
