//! The audit log, for administrators.

use super::App;
use super::error::{ApiResult, ErrorBody};
use super::problem::Problem;
use crate::people::audit::Detail;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use muster_store::{AuditEntry, AuditQuery};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;
/// Longest filter in characters.
const MAX_TEXT: usize = 200;

/// Filters of the audit log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Only entries older than this id, which is the last one of the previous page
    before: Option<i64>,
    /// How many entries, 1 to 500; 100 by default
    limit: Option<u32>,
    /// Only entries of this account
    account: Option<String>,
    /// Only entries with this action, such as `signed_in`
    action: Option<String>,
    /// Only entries that contain this text
    q: Option<String>,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditRow {
    /// The entry's id.
    id: i64,
    /// When it was done, in Unix milliseconds.
    at_ms: i64,
    /// The account's name; null for commands and for clients that were not signed in.
    account: Option<String>,
    /// The name of the API token that was used, if any.
    token: Option<String>,
    /// The client's address, or `command line`.
    address: Option<String>,
    /// What was done.
    #[schema(example = "computer_added")]
    action: String,
    /// The name of what was changed.
    subject: Option<String>,
    /// Details.
    detail: Option<Detail>,
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    entries: Vec<AuditRow>,
}

/// The audit log, newest first
#[utoipa::path(
    get,
    path = "/api/audit",
    params(AuditParams),
    responses(
        (status = 200, body = AuditPage),
        (status = 400, description = "a parameter is wrong", body = ErrorBody),
    )
)]
pub async fn audit(
    State(app): State<Arc<App>>,
    params: Result<Query<AuditParams>, QueryRejection>,
) -> ApiResult<Json<AuditPage>> {
    let Query(params) = params?;
    let entries = app.store.audit_entries(&parse_query(params)?).await?;
    Ok(Json(AuditPage {
        entries: entries.into_iter().map(AuditRow::from).collect(),
    }))
}

fn parse_query(params: AuditParams) -> ApiResult<AuditQuery> {
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::invalid_value("limit", "1 to 500").into());
    }
    let texts = [
        ("account", &params.account),
        ("action", &params.action),
        ("q", &params.q),
    ];
    for (name, text) in texts {
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > MAX_TEXT)
        {
            return Err(Problem::invalid_value(name, "at most 200 characters long").into());
        }
    }
    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(AuditQuery {
        before_id: params.before,
        limit,
        account: non_empty(params.account),
        action: non_empty(params.action),
        text: non_empty(params.q),
    })
}

impl From<AuditEntry> for AuditRow {
    /// A detail that cannot be parsed is left out.
    fn from(AuditEntry { id, entry }: AuditEntry) -> Self {
        let detail = entry.detail.as_deref();
        Self {
            id,
            at_ms: entry.at_ms,
            account: entry.account,
            token: entry.token,
            address: entry.address,
            action: entry.action,
            subject: entry.subject,
            detail: detail.and_then(|detail| serde_json::from_str(detail).ok()),
        }
    }
}
