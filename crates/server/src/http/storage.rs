//! What the database takes, whether it is written, and when it was last copied.

use super::App;
use super::error::ApiResult;
use super::health::ServerProblemCode;
use super::problem::params_of;
use crate::upkeep::sealer::SealingProgress;
use crate::upkeep::server_problem::ServerProblem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
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
    sealing: Option<SealingProgress>,
    /// Whether samples are written; else they wait in memory.
    is_writing: bool,
    /// What an operator should know, in English: the worst, if there are several problems.
    problem: Option<String>,
    /// The same for programs.
    #[schema(value_type = Option<ServerProblemCode>)]
    problem_code: Option<&'static str>,
    /// The parameters of the code; empty for most.
    #[schema(value_type = Object)]
    problem_params: Map<String, Value>,
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
    let write_problem = app.find_write_problem();
    let is_writing = write_problem.is_none();
    let problem = write_problem
        .or_else(|| app.backups.problem())
        .or_else(|| app.retention.problem());
    Ok(Json(StorageView {
        database_bytes: size.bytes,
        samples_stored: app.recorder.stored(),
        samples_sealed: app.sealer.sealed(),
        sealing: app.sealer.progress(),
        is_writing,
        problem: problem.as_ref().map(ToString::to_string),
        problem_code: problem.as_ref().map(ServerProblem::code),
        problem_params: problem.as_ref().map(params_of).unwrap_or_default(),
        last_backup_ms: app.backups.last_backup_ms().await?,
        retain_s: app.retention.retain_ms() / 1_000,
        max_database_bytes: app.retention.max_bytes(),
    }))
}
