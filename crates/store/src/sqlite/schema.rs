//! The schema: creates tables in an empty file, and upgrades older schemas.
//!
//! The steps are plain files, applied here and not by `sqlx::migrate!`, which keeps a table of its own although
//! SQLite has `user_version` for this. A Flask database also begins between two of the steps, and its rows are
//! converted between them.

use super::header::APPLICATION_ID;
use super::inspect::{self, Kind};
use super::{connect, failure, sentences};
use crate::Result;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};
use std::path::Path;

/// The tables of the Flask server's last release.
pub(super) const FLASK: &str = include_str!("../../migrations/0000_flask.sql");
/// The columns and tables that Muster adds.
pub(super) const COLUMNS: &str = include_str!("../../migrations/0001_columns.sql");
/// The indexes, which need converted rows.
pub(super) const INDEXES: &str = include_str!("../../migrations/0002_indexes.sql");

/// The schema after the steps above.
const FIRST: i64 = 1;
/// The steps from [`FIRST`] to each next schema.
pub(super) const LATER: [&str; 9] = [
    include_str!("../../migrations/0003_days.sql"),
    include_str!("../../migrations/0004_events.sql"),
    include_str!("../../migrations/0005_months.sql"),
    include_str!("../../migrations/0006_people.sql"),
    include_str!("../../migrations/0007_trust.sql"),
    include_str!("../../migrations/0008_hours.sql"),
    include_str!("../../migrations/0009_chunks.sql"),
    include_str!("../../migrations/0010_reasons.sql"),
    include_str!("../../migrations/0011_first_events.sql"),
];
/// The first schema with sealed days.
pub(super) const WITH_DAYS: i64 = 2;
/// The first schema with events.
pub(super) const WITH_EVENTS: i64 = 3;
/// The first schema with months.
pub(super) const WITH_MONTHS: i64 = 4;
/// The first schema with hours.
pub(super) const WITH_HOURS: i64 = 7;
/// The first schema with reasons as data.
const WITH_REASONS: i64 = 9;
/// The newest schema that this version knows.
pub(super) const NEWEST: i64 = FIRST + LATER.len() as i64;

/// All steps from an empty file to the newest schema.
pub(super) fn steps() -> impl Iterator<Item = &'static str> {
    [FLASK, COLUMNS, INDEXES].into_iter().chain(LATER)
}

/// Creates the tables in an empty file, unless another process did.
pub(super) async fn create(path: &Path) -> Result<()> {
    let create = async || {
        let mut connection = connect::creator(path).connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        if inspect::kind(&mut transaction).await? == Kind::Empty {
            for step in steps() {
                transaction.execute(step).await?;
            }
            seal(&mut transaction).await?;
        }
        transaction.commit().await?;
        connection.close().await
    };
    create()
        .await
        .map_err(|error| failure::explain(path, error))
}

/// Upgrades an older schema to the newest in one transaction.
pub(super) async fn upgrade(path: &Path, from: i64) -> Result<()> {
    let upgrade = async || {
        let mut connection = connect::plain(path).connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for (version, step) in (FIRST..).zip(LATER) {
            if version >= from {
                transaction.execute(step).await?;
            }
        }
        if from < WITH_REASONS {
            sentences::convert_all(&mut transaction).await?;
        }
        seal(&mut transaction).await?;
        transaction.commit().await?;
        connection.close().await
    };
    tracing::info!(
        "upgrading the database {} from schema {from} to {NEWEST}",
        path.display()
    );
    upgrade()
        .await
        .map_err(|error| failure::explain(path, error))
}

/// Writes the application id and the schema into the header.
pub(super) async fn seal(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let header =
        format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {NEWEST}");
    connection.execute(AssertSqlSafe(header)).await?;
    Ok(())
}
