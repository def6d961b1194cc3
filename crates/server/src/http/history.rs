//! History: every sample of some hours, as the Flask server gave it, or any span as buckets for a chart.

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

use params::Wanted;
pub use params::{DEFAULT_SERIES, span};
use samples::End;

/// Which part of the history: `hours` for the samples themselves, or any of the others for buckets.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// The last hours, up to now; 24 where nothing is asked for.
    #[param(value_type = Option<f64>, example = 24)]
    hours: Option<String>,
    /// From this moment, in Unix seconds; 24 hours before `to` where it is left out.
    #[param(value_type = Option<f64>)]
    from: Option<String>,
    /// To this moment, in Unix seconds; now where it is left out.
    #[param(value_type = Option<f64>)]
    to: Option<String>,
    /// Buckets, 1 to 10,000; 500 where it is left out.
    #[param(value_type = Option<u32>)]
    points: Option<String>,
    /// Names of series, with commas between them, at most 32; CPU, memory, disk and network rates where it
    /// is left out.
    series: Option<String>,
}

/// Buckets of equal width. Bucket i is from `from + i * step_s` to before `step_s` later.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// From this moment, in Unix seconds.
    from: f64,
    /// To this moment, in Unix seconds.
    to: f64,
    /// The width of a bucket in seconds.
    step_s: f64,
    /// For each series the buckets' values.
    series: BTreeMap<String, SeriesBuckets>,
    /// Stretches in which something stored is damaged, and left out of the buckets; absent where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<DamagedStretch>,
}

/// A stretch of time in which something stored is damaged; `muster verify` says more.
#[derive(Serialize, ToSchema)]
pub struct DamagedStretch {
    /// From this moment, in Unix seconds.
    from: f64,
    /// To this moment.
    to: f64,
}

impl DamagedStretch {
    /// Within what was asked for.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of any calendar fit into a float"
    )]
    fn of(span: Span, query: &ChartQuery) -> Self {
        Self {
            from: span.first_ms.max(query.from_ms) as f64 / 1000.0,
            to: span.last_ms.saturating_add(1).min(query.to_ms) as f64 / 1000.0,
        }
    }
}

/// One value a bucket; null where nothing fell into it.
#[derive(Serialize, ToSchema)]
pub struct SeriesBuckets {
    min: Vec<Option<f64>>,
    avg: Vec<Option<f64>>,
    max: Vec<Option<f64>>,
    count: Vec<u32>,
}

impl SeriesBuckets {
    fn of(buckets: &Buckets) -> Self {
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

/// Either of the two. Samples are written one after the other and never lie in one value: this is what the
/// description says of them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its description is wanted")]
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
            description = "buckets; or, with `hours`, an array of samples; or, with Accept: text/csv, a table",
            content((HistoryAnswer = "application/json"), (String = "text/csv"))
        ),
        (status = 400, description = "a span or a number that cannot be", body = ErrorBody),
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
    let wanted = params.wanted(id, clock::now_ms())?;
    if accepts_csv(&headers) {
        return table(&app, id, &wanted, params.series.is_some()).await;
    }
    match wanted {
        Wanted::Samples { from_ms, to_ms } => Ok(flask::samples_of_hours(&app, id, from_ms, to_ms)),
        Wanted::Buckets(query) => Ok(Json(buckets(&app, &query).await?).into_response()),
    }
}

fn accepts_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.contains("text/csv"))
}

/// The samples themselves, with the series that were asked for, or all that there are.
async fn table(app: &App, id: i64, wanted: &Wanted, named: bool) -> ApiResult<Response> {
    let (from_ms, to_ms) = wanted.span();
    let series = match wanted {
        Wanted::Buckets(query) if named => query.series.clone(),
        _ => {
            let extra = app.store.extra_names(id, from_ms, to_ms).await?;
            let columns = Sample::COLUMNS.map(str::to_owned).into_iter();
            columns.chain(extra).collect()
        }
    };
    let head = csv::head(&series);
    let end = End {
        after_some: "",
        after_none: "",
    };
    let write = move |samples: &[Sample], _| Ok(csv::lines(samples, &series));
    let stream = samples::stream(app, id, from_ms, to_ms, end, write);
    let whole = stream::once(async { Ok(head) }).chain(stream);
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((headers, Body::from_stream(whole)).into_response())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any calendar fit into a float"
)]
async fn buckets(app: &App, query: &ChartQuery) -> ApiResult<History> {
    let place = app.charts.acquire().await;
    let charts = app.store.chart(query).await?;
    drop(place);
    // After the chart: what it came upon is among it.
    let damaged = app
        .store
        .damaged(query.computer_id, query.from_ms, query.to_ms);
    let step_ms = Buckets::new(query.from_ms, query.to_ms, query.points).step_ms();
    let names = query.series.iter().cloned();
    Ok(History {
        from: query.from_ms as f64 / 1000.0,
        to: query.to_ms as f64 / 1000.0,
        step_s: step_ms as f64 / 1000.0,
        series: names.zip(charts.iter().map(SeriesBuckets::of)).collect(),
        damaged: damaged
            .into_iter()
            .map(|span| DamagedStretch::of(span, query))
            .collect(),
    })
}

/// What there is of a computer's history.
#[derive(Serialize, ToSchema)]
pub struct SeriesList {
    /// The oldest sample, in Unix milliseconds.
    first_ms: Option<i64>,
    /// The newest sample.
    last_ms: Option<i64>,
    /// The series.
    series: Vec<SeriesEntry>,
}

/// A series.
#[derive(Serialize, ToSchema)]
pub struct SeriesEntry {
    /// Its name, as `/api/history` takes it.
    name: String,
    /// What people call it, in English.
    label: String,
    /// The same in each language of the dashboard.
    labels: Labels,
    /// `%`, `B`, `B/s`, `s`, or nothing.
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
    fn of(name: String) -> Self {
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

/// Which series a computer has, and since when
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
        series: columns.chain(extra).map(SeriesEntry::of).collect(),
    }))
}
