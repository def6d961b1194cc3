//! History: every sample of some hours, as the Flask server sent it, or a span as buckets for a chart.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::flask::{self, HistoryEntry};
use super::problem::Problem;
use super::vocabulary;
use crate::ops::clock;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use http::{HeaderMap, header};
use muster_history::{Bucket, Buckets};
use muster_store::{ChartQuery, Sample, Span};
use muster_wire::catalogue::{Kind, Label, find_metric};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

mod csv;
#[cfg(fuzzing)]
pub mod fuzzing;
mod params;
pub mod samples;

use params::HistoryQuery;
pub use params::{DEFAULT_SERIES, parse_span};
use samples::Ending;

/// Which part of the history: `hours` for every sample, any other parameter for buckets.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// Every sample of the last hours; 24 if there is no parameter at all.
    #[param(value_type = Option<f64>, example = 24)]
    hours: Option<String>,
    /// Start in Unix seconds; by default 24 hours before `to`.
    #[param(value_type = Option<f64>)]
    from: Option<String>,
    /// End in Unix seconds; by default now.
    #[param(value_type = Option<f64>)]
    to: Option<String>,
    /// Number of buckets, 1 to 10,000; 500 by default. Buckets times series must be at most 100,000.
    #[param(value_type = Option<u32>)]
    points: Option<String>,
    /// Names of at most 32 series, separated by commas; by default CPU, memory, disk and network rates.
    series: Option<String>,
}

/// Buckets of equal width. Bucket i starts at `from + i * step_s` and ends before the next one.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// From this moment, in Unix seconds.
    from: f64,
    /// To this moment, in Unix seconds.
    to: f64,
    /// Width of a bucket in seconds.
    step_s: f64,
    /// The buckets of each series, by name.
    series: BTreeMap<String, SeriesBuckets>,
    /// Spans with damaged samples, which the buckets leave out; absent if nothing is damaged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<DamagedSpan>,
}

/// A span in which stored samples are damaged; `muster verify` says more.
#[derive(Serialize, ToSchema)]
pub struct DamagedSpan {
    /// From this moment, in Unix seconds.
    from: f64,
    /// To this moment.
    to: f64,
}

impl DamagedSpan {
    /// Clips the span to the query.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of any calendar fit into a float"
    )]
    fn clip(span: Span, query: &ChartQuery) -> Self {
        Self {
            from: span.first_ms.max(query.from_ms) as f64 / 1000.0,
            to: span.last_ms.saturating_add(1).min(query.to_ms) as f64 / 1000.0,
        }
    }
}

/// One value for each bucket; null for buckets without samples.
#[derive(Serialize, ToSchema)]
pub struct SeriesBuckets {
    min: Vec<Option<f64>>,
    avg: Vec<Option<f64>>,
    max: Vec<Option<f64>>,
    count: Vec<u32>,
}

impl From<&Buckets> for SeriesBuckets {
    fn from(buckets: &Buckets) -> Self {
        let column = |value: fn(&Bucket) -> f64| {
            let values = buckets
                .buckets()
                .iter()
                .map(|bucket| bucket.as_ref().map(value));
            values.collect()
        };
        let count = |bucket: &Option<Bucket>| bucket.map_or(0, |bucket| bucket.count);
        Self {
            min: column(|bucket| bucket.min),
            avg: column(Bucket::avg),
            max: column(|bucket| bucket.max),
            count: buckets.buckets().iter().map(count).collect(),
        }
    }
}

/// Either form of the answer, for the description only: samples are streamed and never held in one value.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the description uses it")]
enum HistoryAnswer {
    /// With `from`, `to`, `points` or `series`.
    Buckets(History),
    /// With `hours`, or with nothing: oldest first.
    Samples(Vec<HistoryEntry>),
}

/// The history of a computer
///
/// With `hours`, or nothing: every sample, oldest first. With any of the others: buckets. With
/// `Accept: text/csv`: every sample with every series, or those that `series` names, as CSV.
#[utoipa::path(
    get,
    path = "/api/history/{id}",
    params(("id" = i64, Path, description = "the computer"), HistoryParams),
    responses(
        (
            status = 200,
            description = "buckets; with `hours` an array of samples; with Accept: text/csv a table",
            content((HistoryAnswer = "application/json"), (String = "text/csv"))
        ),
        (status = 400, description = "a parameter is invalid", body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn history(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
    params: Result<Query<HistoryParams>, QueryRejection>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let Path(id) = id?;
    let Query(params) = params?;
    app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    let query = params.parse(id, clock::now_ms())?;
    if accepts_csv(&headers) {
        return csv_table(&app, id, &query, params.series.is_some()).await;
    }
    match query {
        HistoryQuery::Samples { from_ms, to_ms } => {
            Ok(flask::samples_of_hours(&app, id, from_ms, to_ms))
        }
        HistoryQuery::Buckets(query) => Ok(Json(buckets(&app, &query).await?).into_response()),
    }
}

fn accepts_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.contains("text/csv"))
}

/// Every sample with the requested series, or with all series.
async fn csv_table(app: &App, id: i64, query: &HistoryQuery, named: bool) -> ApiResult<Response> {
    let (from_ms, to_ms) = query.span();
    let series = match query {
        HistoryQuery::Buckets(query) if named => query.series.clone(),
        _ => {
            let extra = app.store.extra_names(id, from_ms, to_ms).await?;
            let columns = Sample::COLUMNS.map(str::to_owned).into_iter();
            columns.chain(extra).collect()
        }
    };
    let head = csv::write_head(&series);
    let end = Ending {
        after_some: "",
        after_none: "",
    };
    let write = move |samples: &[Sample], _| Ok(csv::write_lines(samples, &series));
    let stream = samples::stream_samples(app, id, from_ms, to_ms, end, write);
    let whole = stream::once(async { Ok(head) }).chain(stream);
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((headers, Body::from_stream(whole)).into_response())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any calendar fit into a float"
)]
async fn buckets(app: &App, query: &ChartQuery) -> ApiResult<History> {
    let permit = app.charts.acquire().await;
    let charts = app.store.chart(query).await?;
    drop(permit);
    // Asked for after reading the chart, which may discover damage.
    let damaged = app
        .store
        .damaged(query.computer_id, query.from_ms, query.to_ms);
    let step_ms = Buckets::new(query.from_ms, query.to_ms, query.points).step_ms();
    let names = query.series.iter().cloned();
    Ok(History {
        from: query.from_ms as f64 / 1000.0,
        to: query.to_ms as f64 / 1000.0,
        step_s: step_ms as f64 / 1000.0,
        series: names.zip(charts.iter().map(SeriesBuckets::from)).collect(),
        damaged: damaged
            .into_iter()
            .map(|span| DamagedSpan::clip(span, query))
            .collect(),
    })
}

/// The series of a computer.
#[derive(Serialize, ToSchema)]
pub struct SeriesList {
    /// When the oldest sample was taken, in Unix milliseconds; null without samples.
    first_ms: Option<i64>,
    /// When the newest sample was taken.
    last_ms: Option<i64>,
    /// The series.
    series: Vec<SeriesEntry>,
}

/// A series.
#[derive(Serialize, ToSchema)]
pub struct SeriesEntry {
    /// The name for `/api/history`.
    name: String,
    /// The label, in English.
    label: String,
    /// The label in each language of the dashboard.
    labels: Labels,
    /// `%`, `B`, `B/s`, `s`, or empty.
    unit: &'static str,
    /// `gauge` or `counter`.
    #[schema(value_type = vocabulary::SeriesKind)]
    kind: &'static str,
}

/// A text in each language of the dashboard.
#[derive(Serialize, ToSchema)]
pub struct Labels {
    /// English.
    en: String,
    /// German.
    de: String,
}

impl SeriesEntry {
    fn from_name(name: String) -> Self {
        let (metric, instance) = find_metric(&name);
        let label = |of: fn(&Label) -> &'static str| match (metric, instance) {
            (Some(metric), Some(instance)) => format!("{}: {instance}", of(&metric.label)),
            (Some(metric), None) => of(&metric.label).to_owned(),
            (None, _) => name.clone(),
        };
        let labels = Labels {
            en: label(|label| label.en),
            de: label(|label| label.de),
        };
        Self {
            label: labels.en.clone(),
            labels,
            unit: metric.map_or("", |metric| metric.unit),
            kind: metric.map_or(Kind::Gauge, |metric| metric.kind).as_str(),
            name,
        }
    }
}

/// The series of a computer and the span of its samples
#[utoipa::path(
    get,
    path = "/api/series/{id}",
    params(("id" = i64, Path, description = "the computer")),
    responses((status = 200, body = SeriesList), (status = 404, body = ErrorBody))
)]
pub async fn series(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<SeriesList>> {
    let Path(id) = id?;
    app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    let span = app.store.span(id).await?;
    let extra = match span {
        Some(span) => {
            let end_ms = span.last_ms.saturating_add(1);
            app.store.extra_names(id, span.first_ms, end_ms).await?
        }
        None => Vec::new(),
    };
    let columns = Sample::COLUMNS.map(str::to_owned).into_iter();
    Ok(Json(SeriesList {
        first_ms: span.map(|span| span.first_ms),
        last_ms: span.map(|span| span.last_ms),
        series: columns.chain(extra).map(SeriesEntry::from_name).collect(),
    }))
}
