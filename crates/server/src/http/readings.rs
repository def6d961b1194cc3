//! A computer's latest sample and its busiest processes.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::problem::Problem;
use super::views::{ProcessEntry, Processes, SampleView};
use crate::ops::clock;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use std::sync::Arc;

/// The latest sample of a computer
#[utoipa::path(
    get,
    path = "/api/computers/{id}/stats",
    params(("id" = i64, Path, description = "the computer")),
    responses(
        (status = 200, description = "the sample; null if there is none yet", body = Option<SampleView>),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn stats(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<Option<SampleView>>> {
    let Path(id) = id?;
    let latest = app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    Ok(Json(latest.sample.as_ref().map(SampleView::of)))
}

/// The busiest processes of a computer
#[utoipa::path(
    get,
    path = "/api/computers/{id}/processes",
    params(("id" = i64, Path, description = "the computer")),
    responses((status = 200, body = Processes), (status = 404, body = ErrorBody))
)]
pub async fn processes(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<Processes>> {
    let Path(id) = id?;
    let latest = app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    // How long they ran is counted to the answer that they are from, not to now.
    let as_of_ms = latest.state.last_seen_ms.unwrap_or_else(clock::now_ms);
    let entries = latest
        .processes
        .iter()
        .map(|process| ProcessEntry::of(&process, as_of_ms));
    Ok(Json(Processes {
        computer_name: latest.name.clone(),
        processes: entries.collect(),
    }))
}
