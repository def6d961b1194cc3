//! The size of the database, whether it is written, and the last backup.

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

/// The state of the database.
#[derive(Serialize, ToSchema)]
pub struct StorageView {
    /// The database's size in bytes, without its write-ahead log.
    database_bytes: u64,
    /// Samples stored since the server started.
    samples_stored: u64,
    /// Samples sealed since the server started.
    samples_sealed: u64,
    /// Progress of sealing the rows of an old database; null if there are none.
    sealing: Option<SealingProgress>,
    /// Whether samples are written; if not, they wait in memory.
    is_writing: bool,
    /// What an operator should know, in English: the worst, if there are several problems.
    problem: Option<String>,
    /// The same for programs.
    #[schema(value_type = Option<ServerProblemCode>)]
    problem_code: Option<&'static str>,
    /// The parameters of the code; empty for most.
    #[schema(value_type = Object)]
    problem_params: Map<String, Value>,
    /// When the last verified backup was made, in Unix milliseconds; null if there is none.
    last_backup_ms: Option<i64>,
    /// How long samples are kept, in seconds before the newest one.
    retain_s: i64,
    /// Maximum size of the database in bytes; null if only the disk limits it.
    max_database_bytes: Option<u64>,
}

/// The size of the database, whether it is written, and the last backup
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
