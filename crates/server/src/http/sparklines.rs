//! The last hour of many computers as small lines for the overview, from a single query of the database.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::history::DEFAULT_SERIES;
use super::problem::Problem;
use crate::ops::clock;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use muster_store::LinesQuery;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Most computers of one answer; more than a screen shows.
const MAX_IDS: usize = 100;
const STEP_S: i64 = 60;
const STEPS: u32 = 60;

/// Which computers and which series.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SparklineParams {
    /// Ids of at most 100 computers, separated by commas; unknown ones are ignored.
    #[param(example = "1,2,3")]
    ids: String,
    /// `cpu_percent` (default), `memory_percent`, `disk_percent`, `network_sent_per_sec` or `network_recv_per_sec`.
    series: Option<String>,
}

/// The last hour in steps of a minute.
#[derive(Serialize, ToSchema)]
pub struct Sparklines {
    /// Start of the first step, in Unix seconds.
    from: i64,
    /// The width of a step in seconds.
    step_s: i64,
    /// For each computer's id the averages of 60 steps, oldest first, rounded to one decimal; null for steps without
    /// samples.
    #[schema(value_type = BTreeMap<String, Vec<Option<f64>>>)]
    series: BTreeMap<i64, Vec<Option<f64>>>,
}

impl SparklineParams {
    fn parse_ids(&self) -> ApiResult<BTreeSet<i64>> {
        let ids = self.ids.split(',').filter(|id| !id.is_empty());
        let ids: Result<BTreeSet<i64>, _> = ids.map(str::parse).collect();
        let ids = ids.ok().filter(|ids| ids.len() <= MAX_IDS);
        let expected = "at most 100 numbers of computers, separated by commas";
        Ok(ids.ok_or_else(|| Problem::invalid_value("ids", expected))?)
    }

    fn parse_column(&self) -> ApiResult<&'static str> {
        let Some(series) = &self.series else {
            return Ok(DEFAULT_SERIES[0]);
        };
        let known = DEFAULT_SERIES.into_iter().find(|known| known == series);
        let known = known.ok_or_else(|| {
            let expected = format!("one of {}", DEFAULT_SERIES.join(", "));
            Problem::invalid_value("series", expected)
        });
        Ok(known?)
    }
}

/// The last hour of many computers, in steps of a minute
///
/// Averages of stored samples, for small charts. `/api/history` gives more of one computer.
#[utoipa::path(
    get,
    path = "/api/sparklines",
    params(SparklineParams),
    responses(
        (status = 200, body = Sparklines),
        (status = 400, description = "invalid or too many ids, or an unknown series", body = ErrorBody),
        (status = 401, body = ErrorBody),
    )
)]
pub async fn sparklines(
    State(app): State<Arc<App>>,
    params: Result<Query<SparklineParams>, QueryRejection>,
) -> ApiResult<Json<Sparklines>> {
    let Query(params) = params?;
    let known = |id: &i64| app.live.get(*id).is_some();
    let from = clock::now_ms() / 1000 - STEP_S * i64::from(STEPS);
    let query = LinesQuery {
        computer_ids: params.parse_ids()?.into_iter().filter(known).collect(),
        column: params.parse_column()?,
        from_ms: from * 1000,
        step_ms: STEP_S * 1000,
        steps: STEPS,
    };
    let permit = app.charts.acquire().await;
    let lines = app.store.lines(&query).await?;
    drop(permit);
    Ok(Json(Sparklines {
        from,
        step_s: STEP_S,
        series: lines
            .into_iter()
            .map(|(id, line)| (id, rounded(&line)))
            .collect(),
    }))
}

/// One decimal is more than a small chart shows, and halves the size of the answer.
fn rounded(line: &[Option<f64>]) -> Vec<Option<f64>> {
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    line.iter().map(|value| value.map(rounded)).collect()
}
