//! The routes of the Flask server that Muster replaced, with answers in its format, for scripts that still use
//! them. Everything else uses `/api/computers/…`.

use super::App;
use super::caller::Caller;
use super::computers::{self, ComputerInput, Done, RestoreInput};
use super::error::{ApiResult, ErrorBody};
use super::history::samples::{self, Ending};
use super::problem::Problem;
use super::readings;
use super::views::{Numbers, Processes};
use crate::ops::clock;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use http::header;
use muster_store::Sample;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The latest sample, as the Flask server gave it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stats {
    /// When it arrived: UTC.
    #[schema(example = "2026-11-23 22:12:44")]
    pub timestamp: String,
    #[serde(flatten)]
    pub numbers: Numbers,
}

impl Stats {
    pub fn of(sample: &Sample) -> Self {
        Self {
            timestamp: clock::to_second(sample.timestamp_ms),
            numbers: Numbers::of(sample),
        }
    }
}

/// A sample of the history, as the Flask server gave it, and the network rates.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// When it arrived: UTC.
    pub timestamp: String,
    pub cpu_percent: Option<f64>,
    pub memory_percent: Option<f64>,
    pub disk_percent: Option<f64>,
    pub network_sent_per_sec: Option<f64>,
    pub network_recv_per_sec: Option<f64>,
}

impl HistoryEntry {
    pub fn of(sample: &Sample) -> Self {
        Self {
            timestamp: clock::to_second(sample.timestamp_ms),
            cpu_percent: sample.cpu_percent,
            memory_percent: sample.memory_percent,
            disk_percent: sample.disk_percent,
            network_sent_per_sec: sample.network_sent_per_sec,
            network_recv_per_sec: sample.network_recv_per_sec,
        }
    }
}

/// The latest sample of a computer
#[utoipa::path(
    get,
    path = "/api/stats/{id}",
    params(("id" = i64, Path, description = "the computer")),
    responses(
        (status = 200, description = "the sample; null if there is none yet", body = Option<Stats>),
        (status = 404, body = ErrorBody),
    )
)]
#[deprecated = "GET /api/computers/{id}/stats"]
pub async fn latest_stats(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<Option<Stats>>> {
    let Path(id) = id?;
    let latest = app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    Ok(Json(latest.sample.as_ref().map(Stats::of)))
}

/// The busiest processes of a computer
#[utoipa::path(
    get,
    path = "/api/processes/{id}",
    params(("id" = i64, Path, description = "the computer")),
    responses((status = 200, body = Processes), (status = 404, body = ErrorBody))
)]
#[deprecated = "GET /api/computers/{id}/processes"]
pub async fn latest_processes(
    app: State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<Processes>> {
    readings::processes(app, id).await
}

/// Add a computer
#[utoipa::path(
    post,
    path = "/api/add_computer",
    request_body = ComputerInput,
    responses(
        (status = 200, body = Done),
        (status = 400, description = "a field is missing or invalid", body = ErrorBody),
        (status = 409, description = "the name is taken", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
#[deprecated = "POST /api/computers"]
pub async fn add_computer(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    input: Result<Json<ComputerInput>, JsonRejection>,
) -> ApiResult<Json<Done>> {
    let (_, done) = computers::add(app, caller, input).await?;
    Ok(done)
}

/// Remove a computer; its history is deleted after 7 days, until then it can be restored
#[utoipa::path(
    delete,
    path = "/api/remove_computer/{id}",
    params(("id" = i64, Path, description = "the computer")),
    responses((status = 200, body = Done), (status = 404, body = ErrorBody))
)]
#[deprecated = "DELETE /api/computers/{id}"]
pub async fn remove_computer(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<Done>> {
    computers::remove(app, caller, id).await
}

/// Restore a removed computer with its history
///
/// The Flask server could not do this: earlier versions of Muster had it beside that server's addresses.
#[utoipa::path(
    post,
    path = "/api/restore_computer/{id}",
    params(("id" = i64, Path, description = "the computer")),
    request_body = RestoreInput,
    responses(
        (status = 200, body = Done),
        (status = 400, description = "the name is invalid", body = ErrorBody),
        (status = 404, description = "it was not removed, or is deleted for good", body = ErrorBody),
        (status = 409, description = "another computer has its name: give a new one", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
#[deprecated = "POST /api/computers/{id}/restore"]
pub async fn restore_computer(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
    input: Result<Json<RestoreInput>, JsonRejection>,
) -> ApiResult<Json<Done>> {
    computers::restore(app, caller, id, input).await
}

/// The answer of `/api/history/ID?hours=…`: an array of samples, streamed as they are read.
pub fn samples_of_hours(app: &App, id: i64, from_ms: i64, to_ms: i64) -> Response {
    let write = |samples: &[Sample], first: bool| {
        let mut json = Vec::new();
        for (index, sample) in samples.iter().enumerate() {
            json.push(if first && index == 0 { b'[' } else { b',' });
            serde_json::to_writer(&mut json, &HistoryEntry::of(sample))?;
        }
        Ok(Bytes::from(json))
    };
    let end = Ending {
        after_some: "]",
        after_none: "[]",
    };
    let stream = samples::stream_samples(app, id, from_ms, to_ms, end, write);
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, Body::from_stream(stream)).into_response()
}
