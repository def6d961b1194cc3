//! What a computer says this very second, to whoever looks.

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

/// From which reading on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NowParams {
    /// Only what arrived after this moment, in Unix milliseconds; all of the last minute where it is left out.
    #[param(value_type = Option<i64>)]
    after: Option<String>,
}

/// What was read of a computer while somebody looked.
#[derive(Serialize, ToSchema)]
pub struct Now {
    /// `reading` each second; `busy` with 50 other computers; `slow`, where the agent makes us wait: it is asked
    /// again after a minute; `silent`, where it does not answer: it is asked again after some seconds;
    /// `old_agent`, where an answer takes a second anyway: it is not asked.
    #[schema(value_type = vocabulary::CloseUpState)]
    state: &'static str,
    /// What was read, oldest first.
    readings: Vec<ReadingView>,
    /// The busiest processes of the newest reading; null where there are none.
    processes: Option<Vec<ProcessEntry>>,
}

/// A reading.
#[derive(Serialize, ToSchema)]
pub struct ReadingView {
    #[serde(flatten)]
    sample: SampleView,
    /// Every further reading, by name.
    #[schema(value_type = HashMap<String, f64>)]
    series: serde_json::Value,
}

impl ReadingView {
    fn of(sample: &Sample) -> Self {
        Self {
            sample: SampleView::of(sample),
            series: further(sample),
        }
    }
}

impl Now {
    fn of(view: &View) -> Self {
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
                .map(|sample| ReadingView::of(sample))
                .collect(),
            processes: entries,
        }
    }
}

/// A computer each second
///
/// To ask is the sign that somebody looks: reading begins with the first question and ends 15 s after the last.
/// Nothing of it is stored. CPU use and rates are from one of these readings to the next.
#[utoipa::path(
    get,
    path = "/api/now/{id}",
    params(("id" = i64, Path, description = "the computer"), NowParams),
    responses(
        (status = 200, description = "at once, also before anything was read", body = Now),
        (status = 400, description = "a moment that is none", body = ErrorBody),
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
    Ok(Json(Now::of(&app.close_ups.watch_computer(id, after_ms))))
}
