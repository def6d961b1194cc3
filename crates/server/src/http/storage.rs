//! What the database takes, whether it is written, and when it was last copied.

use super::App;
use super::error::ApiResult;
use crate::upkeep::sealer::Sealing;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How the data lies.
#[derive(Serialize, ToSchema)]
pub struct StorageView {
    /// The database's size in bytes, without the log that comes and goes beside it.
    database_bytes: u64,
    /// Samples stored since the server started.
    samples_stored: u64,
    /// Samples sealed since the server started.
    samples_sealed: u64,
    /// How far the sealing of an old database is; null where there is none.
    sealing: Option<Sealing>,
    /// Whether samples are written; else they wait in memory.
    is_writing: bool,
    /// What an operator should know, in a sentence: the gravest, where there are several.
    problem: Option<String>,
    /// When the last copy that passed its check was made, in Unix milliseconds.
    last_backup_ms: Option<i64>,
    /// How long samples are kept, in seconds, counted back from the newest.
    retain_s: i64,
    /// How large the database may be, in bytes; null where the disk alone sets a limit.
    max_database_bytes: Option<u64>,
}

/// What the database takes, whether it is written, and when it was last copied
#[utoipa::path(
    get,
    path = "/api/storage",
    responses((status = 200, body = StorageView))
)]
pub async fn storage(State(app): State<Arc<App>>) -> ApiResult<Json<StorageView>> {
    let size = app.store.size().await?;
    let writing_problem = app.writing_problem();
    let problem = writing_problem
        .map(str::to_owned)
        .or_else(|| app.backups.problem())
        .or_else(|| app.keeper.problem());
    Ok(Json(StorageView {
        database_bytes: size.bytes,
        samples_stored: app.recorder.stored(),
        samples_sealed: app.sealer.sealed(),
        sealing: app.sealer.sealing(),
        is_writing: writing_problem.is_none(),
        problem,
        last_backup_ms: app.backups.last_ms().await?,
        retain_s: app.keeper.retain_ms() / 1_000,
        max_database_bytes: app.keeper.max_bytes(),
    }))
}
