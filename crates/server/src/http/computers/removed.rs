//! Removed computers, and restoring them.

use super::{Done, non_blank};
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::problem::Problem;
use crate::ops::clock;
use crate::people::audit::{Action, AuditEvent};
use crate::people::labels::clean_name;
use crate::poll::roster::KEEP_REMOVED_MS;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A removed computer.
#[derive(Serialize, ToSchema)]
pub struct RemovedEntry {
    /// The computer's id.
    id: i64,
    /// The name it had.
    name: String,
    /// When it was removed, in Unix milliseconds.
    removed_ms: i64,
    /// When it and its history will be deleted for good, in Unix milliseconds.
    gone_ms: i64,
}

/// How to restore a computer.
#[derive(Deserialize, ToSchema)]
pub struct RestoreInput {
    /// A new name; by default the one it had.
    name: Option<String>,
}

/// The removed computers that can be restored, last removed first
#[utoipa::path(
    get,
    path = "/api/removed_computers",
    responses(
        (status = 200, body = Vec<RemovedEntry>),
    )
)]
pub async fn removed(State(app): State<Arc<App>>) -> ApiResult<Json<Vec<RemovedEntry>>> {
    let removed = app.store.removed_computers(since_ms()).await?;
    let entry = |removed: muster_store::RemovedComputer| RemovedEntry {
        gone_ms: removed.removed_ms + KEEP_REMOVED_MS,
        id: removed.id,
        name: removed.name,
        removed_ms: removed.removed_ms,
    };
    Ok(Json(removed.into_iter().map(entry).collect()))
}

/// Restore a removed computer with its history
#[utoipa::path(
    post,
    path = "/api/computers/{id}/restore",
    params(("id" = i64, Path, description = "the computer")),
    request_body = RestoreInput,
    responses(
        (status = 200, body = Done),
        (status = 400, description = "the name is invalid", body = ErrorBody),
        (status = 404, description = "it was not removed, or is deleted for good", body = ErrorBody),
        (status = 409, description = "another computer has its name: give a new one", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
pub async fn restore(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
    input: Result<Json<RestoreInput>, JsonRejection>,
) -> ApiResult<Json<Done>> {
    let (Path(id), Json(input)) = (id?, input?);
    let name = non_blank(input.name)
        .map(|name| clean_name(&name))
        .transpose()?;
    let restored = app
        .store
        .restore_computer(id, since_ms(), name.as_deref())
        .await?;
    let name = restored.ok_or(Problem::ComputerNotFound)?;
    app.refresh_computers().await?;
    tracing::info!(%name, "restored a removed computer");
    let back = AuditEvent::new(Action::ComputerRestored).on_subject(&name);
    app.audit.record(caller.to_actor(), back).await;
    Ok(Json(Done {
        message: format!("Computer \"{name}\" is back"),
        id: Some(id),
    }))
}

fn since_ms() -> i64 {
    clock::now_ms() - KEEP_REMOVED_MS
}
