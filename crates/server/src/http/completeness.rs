//! How complete a computer's history is, and why it is not.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::history::parse_span;
use super::problem::Problem;
use super::views::{ReasonCode, ReasonView};
use crate::derived::completeness::{
    Completeness, CompletenessQuery, Gap, Outage, completeness as complete,
};
use crate::ops::clock;
use crate::text::reason_text;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// The time to examine.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompletenessParams {
    /// Start, in Unix seconds; by default 24 hours before `to`.
    #[param(value_type = Option<f64>)]
    from: Option<String>,
    /// End, in Unix seconds; by default now.
    #[param(value_type = Option<f64>)]
    to: Option<String>,
}

/// How complete a time span is. Nothing is expected before the computer was added or in the future.
#[derive(Serialize, ToSchema)]
pub struct CompletenessView {
    /// Start, in Unix seconds.
    from: f64,
    /// End, in Unix seconds.
    to: f64,
    /// Expected samples, by the interval in force at each time.
    expected: u64,
    /// Samples found; several within half an interval count as one.
    present: u64,
    /// Present divided by expected, at most 1; null if nothing is expected.
    #[schema(example = 0.9987)]
    share: Option<f64>,
    /// Times of more than 2.5 intervals without a sample, oldest first, split where the reason changes; the
    /// longest 1,000.
    gaps: Vec<GapView>,
    /// Number of shorter gaps that were left out.
    gaps_left_out: usize,
    /// Times when the computer did not answer, with the reason, oldest first; the newest 1,000. There may be samples
    /// of these times: readings that the agent kept are backfilled and have the series `sample.filled_in`.
    outages: Vec<OutageView>,
}

/// A time in which a computer did not answer.
#[derive(Serialize, ToSchema)]
pub struct OutageView {
    /// When the first poll failed, in Unix seconds.
    from: f64,
    /// When it answered again, in Unix seconds; null if it has not yet. Equal to `from` if it was away only between
    /// two polls.
    to: Option<f64>,
    /// How the first poll failed, in English; empty if none failed.
    #[schema(example = "no answer within 10 s")]
    reason: String,
    /// The code of the reason; null if no poll failed.
    #[schema(value_type = Option<ReasonCode>)]
    reason_code: Option<&'static str>,
    /// The parameters of the reason; empty if it has none.
    #[schema(value_type = Object)]
    reason_params: Map<String, Value>,
    /// Why it was away, as its first answer shows, in English; null if the answer shows nothing.
    #[schema(example = "rebooted, uncleanly; memory was at 97 % before; busiest process java")]
    cause: Option<String>,
    /// The code of the cause.
    #[schema(value_type = Option<ReasonCode>)]
    cause_code: Option<&'static str>,
    /// The parameters of the cause; empty if it has none.
    #[schema(value_type = Object)]
    cause_params: Map<String, Value>,
}

impl OutageView {
    fn of(outage: Outage) -> Self {
        let reason = ReasonView::from(outage.reason.as_ref());
        let cause = ReasonView::from(outage.cause.as_ref());
        Self {
            from: seconds(outage.from_ms),
            to: outage.to_ms.map(seconds),
            reason: reason.text.unwrap_or_default(),
            reason_code: reason.code,
            reason_params: reason.params,
            cause: cause.text,
            cause_code: cause.code,
            cause_params: cause.params,
        }
    }
}

/// A time without samples.
#[derive(Serialize, ToSchema)]
pub struct GapView {
    /// In Unix seconds.
    from: f64,
    /// In Unix seconds.
    to: f64,
    /// Why, in English.
    #[schema(example = "connection refused")]
    reason: String,
    /// The code of the reason.
    #[schema(value_type = ReasonCode)]
    reason_code: &'static str,
    /// The parameters of the reason; empty if it has none.
    #[schema(value_type = Object)]
    reason_params: Map<String, Value>,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any calendar fit into a float"
)]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

impl CompletenessView {
    fn of(asked: CompletenessQuery, found: Completeness) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a share is shown to some digits"
        )]
        let share = (found.present as f64 / found.expected as f64).min(1.0);
        Self {
            from: seconds(asked.from_ms),
            to: seconds(asked.to_ms),
            expected: found.expected,
            present: found.present,
            share: (found.expected > 0).then_some(share),
            gaps: found.gaps.into_iter().map(GapView::of).collect(),
            gaps_left_out: found.gaps_left_out,
            outages: found.outages.into_iter().map(OutageView::of).collect(),
        }
    }
}

impl GapView {
    fn of(gap: Gap) -> Self {
        Self {
            from: seconds(gap.from_ms),
            to: seconds(gap.to_ms),
            reason: reason_text(&gap.reason),
            reason_code: gap.reason.code(),
            reason_params: gap.reason.params(),
        }
    }
}

/// How complete a computer's history is, and why it is not
///
/// A gap has the reason that the server knew at the time: how the poll failed, that the server was not running, or
/// that the computer was not yet added. If there are more than 100,000 events, only the newest count.
#[utoipa::path(
    get,
    path = "/api/completeness/{id}",
    params(("id" = i64, Path, description = "the computer"), CompletenessParams),
    responses(
        (status = 200, body = CompletenessView),
        (status = 400, description = "a span that cannot be", body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn completeness(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
    params: Result<Query<CompletenessParams>, QueryRejection>,
) -> ApiResult<Json<CompletenessView>> {
    let Path(id) = id?;
    let Query(params) = params?;
    let latest = app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    let now_ms = clock::now_ms();
    let (from_ms, to_ms) = parse_span(params.from.as_deref(), params.to.as_deref(), now_ms)?;
    let asked = CompletenessQuery {
        from_ms,
        to_ms,
        now_ms,
        interval_ms: i64::try_from(app.interval.as_millis()).unwrap_or(i64::MAX),
    };
    let found = complete(app.store.as_ref(), &latest, asked).await?;
    Ok(Json(CompletenessView::of(asked, found)))
}
