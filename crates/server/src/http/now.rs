//! Close-up: the samples of one computer, one per second, while its page is open.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::problem::Problem;
use super::views::{ProcessEntry, SampleView, further};
use super::vocabulary;
use crate::poll::close_up::View;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use muster_store::Sample;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which readings to send.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NowParams {
    /// Only readings that arrived after this moment, in Unix milliseconds; by default all of the last minute.
    #[param(value_type = Option<i64>)]
    after: Option<String>,
}

/// A close-up of a computer.
#[derive(Serialize, ToSchema)]
pub struct Now {
    /// `reading`: polled each second. `busy`: not polled, because 50 other computers are. `slow`: the agent takes too
    /// long; retried after a minute. `silent`: no answer; retried after some seconds. `old_agent`: not polled, because
    /// this agent takes a second for each answer.
    #[schema(value_type = vocabulary::CloseUpState)]
    state: &'static str,
    /// The readings, oldest first.
    readings: Vec<ReadingView>,
    /// The busiest processes of the newest reading; null if there are none.
    processes: Option<Vec<ProcessEntry>>,
}

/// A reading.
#[derive(Serialize, ToSchema)]
pub struct ReadingView {
    #[serde(flatten)]
    sample: SampleView,
    /// All other series, by name.
    #[schema(value_type = HashMap<String, f64>)]
    series: serde_json::Value,
}

impl From<&Sample> for ReadingView {
    fn from(sample: &Sample) -> Self {
        Self {
            sample: SampleView::of(sample),
            series: further(sample),
        }
    }
}

impl From<&View> for Now {
    fn from(view: &View) -> Self {
        let processes = view.processes.as_deref().zip(view.newest_ms);
        let entries = processes.map(|(processes, as_of_ms)| {
            let entries = processes.iter();
            let entries = entries.map(|process| ProcessEntry::of(process, as_of_ms));
            entries.collect()
        });
        Self {
            state: view.status.as_str(),
            readings: view
                .samples
                .iter()
                .map(|sample| ReadingView::from(&**sample))
                .collect(),
            processes: entries,
        }
    }
}

/// A close-up of a computer: its readings each second
///
/// Polling starts with the first request and ends 15 s after the last one. These readings are not stored. CPU use and
/// rates are averages since the previous reading.
#[utoipa::path(
    get,
    path = "/api/now/{id}",
    params(("id" = i64, Path, description = "the computer"), NowParams),
    responses(
        (status = 200, description = "the readings so far; sent at once, even if there are none yet", body = Now),
        (status = 400, description = "`after` is not a moment", body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn now(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
    params: Result<Query<NowParams>, QueryRejection>,
) -> ApiResult<Json<Now>> {
    let Path(id) = id?;
    let Query(params) = params?;
    let after_ms = params.after.as_deref().map(str::parse).transpose();
    let after_ms = after_ms.map_err(|_| {
        Problem::invalid_value("after", "whole Unix milliseconds, such as 1795470085000")
    })?;
    app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    Ok(Json(Now::from(&app.close_ups.watch_computer(id, after_ms))))
}
