//! Who did what, for administrators.

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

const LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;
/// Characters of what is looked for, at most.
const MAX_TEXT: usize = 200;

/// Which entries are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Entries before this one: the last id of the page before
    before: Option<i64>,
    /// How many, 1 to 500; 100 where it is left out
    limit: Option<u32>,
    /// Those of this account alone
    account: Option<String>,
    /// Those of this action alone, like `signed_in`
    action: Option<String>,
    /// Those that say this anywhere
    q: Option<String>,
}

/// What somebody did.
#[derive(Serialize, ToSchema)]
pub struct AuditRow {
    /// Its number.
    id: i64,
    /// When, in Unix milliseconds.
    at_ms: i64,
    /// The account's name; none for a command, and for who did not sign in.
    account: Option<String>,
    /// The name of the API token that it was done with.
    token: Option<String>,
    /// From where: an address, or `command line`.
    address: Option<String>,
    /// What was done.
    #[schema(example = "computer_added")]
    action: String,
    /// To what: a name.
    subject: Option<String>,
    /// More of it.
    detail: Option<Detail>,
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// The newest first.
    entries: Vec<AuditRow>,
}

/// Who did what, the newest first
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
    let entries = app.store.audit_entries(&wanted(params)?).await?;
    Ok(Json(AuditPage {
        entries: entries.into_iter().map(AuditRow::of).collect(),
    }))
}

fn wanted(params: AuditParams) -> ApiResult<AuditQuery> {
    let limit = params.limit.unwrap_or(LIMIT);
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
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(AuditQuery {
        before_id: params.before,
        limit,
        account: given(params.account),
        action: given(params.action),
        text: given(params.q),
    })
}

impl AuditRow {
    /// A detail that another program wrote otherwise is none.
    fn of(AuditEntry { id, entry }: AuditEntry) -> Self {
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
