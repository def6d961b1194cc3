//! The tables: how an empty file gets them, and how older ones of ours catch up.
//!
//! The steps are plain files applied here and not by `sqlx::migrate!`: that keeps its own table of what
//! was applied, where SQLite has `user_version` for just this; and what the Flask server left begins
//! between two of the steps, with work on its rows in the middle.

use super::header::APPLICATION_ID;
use super::inspect::{self, Kind};
use super::{connect, failure};
use crate::Result;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};
use std::path::Path;

/// The tables of the Flask server's last release.
pub(super) const FLASK: &str = include_str!("../../migrations/0000_flask.sql");
/// What Muster adds to them.
pub(super) const COLUMNS: &str = include_str!("../../migrations/0001_columns.sql");
/// What can only follow once the rows are in order.
pub(super) const INDEXES: &str = include_str!("../../migrations/0002_indexes.sql");

/// The schema that the steps above make.
const FIRST: i64 = 1;
/// What leads from each schema to the next, from [`FIRST`] on.
pub(super) const LATER: [&str; 8] = [
    include_str!("../../migrations/0003_days.sql"),
    include_str!("../../migrations/0004_events.sql"),
    include_str!("../../migrations/0005_months.sql"),
    include_str!("../../migrations/0006_people.sql"),
    include_str!("../../migrations/0007_trust.sql"),
    include_str!("../../migrations/0008_hours.sql"),
    include_str!("../../migrations/0009_chunks.sql"),
    include_str!("../../migrations/0011_first_events.sql"),
];
/// From this schema on there are sealed days.
pub(super) const WITH_DAYS: i64 = 2;
/// And from this one on events.
pub(super) const WITH_EVENTS: i64 = 3;
/// And from this one on months.
pub(super) const WITH_MONTHS: i64 = 4;
/// And from this one on hours.
pub(super) const WITH_HOURS: i64 = 7;
/// The newest schema that this version knows.
pub(super) const NEWEST: i64 = FIRST + LATER.len() as i64;

/// What makes the newest schema of nothing.
pub(super) fn steps() -> impl Iterator<Item = &'static str> {
    [FLASK, COLUMNS, INDEXES].into_iter().chain(LATER)
}

/// Makes the tables in an empty file, unless another process did meanwhile.
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

/// Brings an older database of ours to the newest schema, all or nothing.
pub(super) async fn upgrade(path: &Path, from: i64) -> Result<()> {
    let upgrade = async || {
        let mut connection = connect::plain(path).connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for (version, step) in (FIRST..).zip(LATER) {
            if version >= from {
                transaction.execute(step).await?;
            }
        }
        seal(&mut transaction).await?;
        transaction.commit().await?;
        connection.close().await
    };
    tracing::info!(
        "bringing the database {} from schema {from} to {NEWEST}",
        path.display()
    );
    upgrade()
        .await
        .map_err(|error| failure::explain(path, error))
}

/// Writes into the header whose file this is and which schema it has.
pub(super) async fn seal(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let header =
        format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {NEWEST}");
    connection.execute(AssertSqlSafe(header)).await?;
    Ok(())
}
