//! The server itself: whether it is well, what it counts, and what its API is.

use super::{App, description};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use muster_store::Status;
use serde::Serialize;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};
use utoipa::ToSchema;

/// Whether the server is well.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `failing`.
    status: &'static str,
    /// Why it is failing, in a sentence.
    problem: Option<&'static str>,
    /// The server's name, so that whoever finds the port taken learns by whom.
    service: &'static str,
    /// Its version.
    version: &'static str,
}

/// Whether the server is well
#[utoipa::path(
    get,
    path = "/healthz",
    responses((status = 200, body = Health), (status = 503, description = "samples cannot be stored", body = Health))
)]
pub async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    let problem = app.writing_problem();
    let status = match problem {
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        None => StatusCode::OK,
    };
    let health = Health {
        status: problem.map_or("ok", |_| "failing"),
        problem,
        service: "muster",
        version: env!("CARGO_PKG_VERSION"),
    };
    (status, Json(health))
}

/// What the server counts, in Prometheus' text format: sums alone, no computer's name or number
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "the metrics", content_type = "text/plain"))
)]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let computers = app.live.all();
    let online = computers
        .iter()
        .filter(|latest| latest.state.status == Status::Online);
    let online = online.count() as u64;
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let metrics = [
        (
            "muster_computers_online",
            "gauge",
            "Computers that answer.",
            online,
        ),
        (
            "muster_computers_offline",
            "gauge",
            "Computers that do not answer.",
            computers.len() as u64 - online,
        ),
        (
            "muster_polls_answered_total",
            "counter",
            "Calls that were answered.",
            count(&app.tally.answered),
        ),
        (
            "muster_polls_failed_total",
            "counter",
            "Calls that were not answered.",
            count(&app.tally.failed),
        ),
        (
            "muster_polls_late_total",
            "counter",
            "Calls that began more than a second late.",
            count(&app.tally.late),
        ),
        (
            "muster_polls_skipped_total",
            "counter",
            "Calls left out since the last was still under way.",
            count(&app.tally.skipped),
        ),
        (
            "muster_samples_stored_total",
            "counter",
            "Samples stored.",
            app.recorder.stored(),
        ),
        (
            "muster_samples_sealed_total",
            "counter",
            "Samples that became chunks.",
            app.sealer.sealed(),
        ),
        (
            "muster_samples_dropped_total",
            "counter",
            "Samples given up since the database could not be written.",
            app.recorder.dropped(),
        ),
    ];
    let mut text = String::new();
    for (name, kind, help, value) in metrics {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
        );
    }
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
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
