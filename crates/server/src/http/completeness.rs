//! How complete a computer's history is, and why it is not.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::history::parse_span;
use super::problem::Problem;
use super::views::{ReasonCode, ReasonView};
use crate::derived::completeness::{Asked, Completeness, Gap, Outage, completeness as complete};
use crate::ops::clock;
use crate::text::reason_text;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Of which span.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompletenessParams {
    /// From this moment, in Unix seconds; 24 hours before `to` where it is left out.
    #[param(value_type = Option<f64>)]
    from: Option<String>,
    /// To this moment, in Unix seconds; now where it is left out.
    #[param(value_type = Option<f64>)]
    to: Option<String>,
}

/// How complete a span is. Nothing is expected before a computer was added, nor of what is still to come.
#[derive(Serialize, ToSchema)]
pub struct CompletenessView {
    /// From this moment, in Unix seconds.
    from: f64,
    /// To this moment, in Unix seconds.
    to: f64,
    /// Samples that should be there, by the interval that was in force at each time.
    expected: u64,
    /// Samples that are; of several within half an interval one counts.
    present: u64,
    /// Present of expected, at most 1; null where nothing is expected.
    #[schema(example = 0.9987)]
    share: Option<f64>,
    /// Stretches of more than 2.5 intervals without a sample, oldest first, split where their reason
    /// changed; the longest 1,000.
    gaps: Vec<GapView>,
    /// Shorter gaps that were left out.
    gaps_left_out: usize,
    /// When it did not answer, and why, oldest first; the newest 1,000. Samples of that time may be there all the
    /// same: those that its agent kept are filled in, and carry the series `sample.filled_in`.
    outages: Vec<OutageView>,
}

/// A time in which a computer did not answer.
#[derive(Serialize, ToSchema)]
pub struct OutageView {
    /// When the first call failed, in Unix seconds.
    from: f64,
    /// When it answered again, in Unix seconds; null where it has not yet. As `from` where it was away between
    /// two calls alone.
    to: Option<f64>,
    /// How the first poll failed, in English; empty where none failed.
    #[schema(example = "no answer within 10 s")]
    reason: String,
    /// The code of the reason; null where no poll failed.
    #[schema(value_type = Option<ReasonCode>)]
    reason_code: Option<&'static str>,
    /// The parameters of the reason; empty where it has none.
    #[schema(value_type = Object)]
    reason_params: Map<String, Value>,
    /// Why it had been away, as its first answer showed, in English; null where it showed nothing.
    #[schema(example = "rebooted, uncleanly; memory was at 97 % before; busiest process java")]
    cause: Option<String>,
    /// The code of the cause.
    #[schema(value_type = Option<ReasonCode>)]
    cause_code: Option<&'static str>,
    /// The parameters of the cause; empty where it has none.
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

/// A stretch without a sample.
#[derive(Serialize, ToSchema)]
pub struct GapView {
    /// In Unix seconds.
    from: f64,
    /// In Unix seconds.
    to: f64,
    /// Why, as far as the server knew, in English.
    #[schema(example = "connection refused")]
    reason: String,
    /// The code of the reason.
    #[schema(value_type = ReasonCode)]
    reason_code: &'static str,
    /// The parameters of the reason; empty where it has none.
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
    fn of(asked: Asked, found: Completeness) -> Self {
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
/// Gaps are told by what the server knew at the time: how a computer failed to answer, that the server itself
/// was not running, that the computer was not yet added. Of more than 100,000 changes in a span the newest
/// count.
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
    let asked = Asked {
        from_ms,
        to_ms,
        now_ms,
        interval_ms: i64::try_from(app.interval.as_millis()).unwrap_or(i64::MAX),
    };
    let found = complete(app.store.as_ref(), &latest, asked).await?;
    Ok(Json(CompletenessView::of(asked, found)))
}
