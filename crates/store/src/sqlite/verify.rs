//! Verifies a database without changing it.

use super::adopt::timestamp_as_ms;
use super::inspect::{self, Kind};
use super::{absolute, chunks, connect, failure, regular, schema, tables};
use crate::{Error, Result, Role};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};
use std::path::Path;

/// The maximum number of SQLite's own problems in a report.
const COMPLAINTS: usize = 50;

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A Muster database.
    Muster,
    /// A database of the Flask server; the next start of the server migrates it.
    Flask,
}

/// The content of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The file's size.
    pub bytes: u64,
    /// The number of accounts.
    pub accounts: u64,
    /// The number of computers, without removed ones.
    pub computers: u64,
    /// The number of samples.
    pub samples: u64,
    /// The oldest sample, in Unix milliseconds.
    pub first_ms: Option<i64>,
    /// The newest sample, in Unix milliseconds.
    pub last_ms: Option<i64>,
}

/// The result of [`verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The kind of the database; `None` if the damage hides it.
    pub kind: Option<DatabaseKind>,
    /// Its schema; 0 for the Flask server's.
    pub schema: i64,
    /// Its readable content.
    pub summary: Summary,
    /// Its problems; empty if it is sound.
    pub problems: Vec<String>,
    /// Harmless findings.
    pub notes: Vec<String>,
}

/// Verifies the Muster or Flask database at `path` without changing it. A server may use it meanwhile.
///
/// # Errors
/// There is no file, it cannot be read, or it is not such a database. Damage is not an error: the report lists it.
pub async fn verify(path: &Path) -> Result<Report> {
    let path = absolute(path)?;
    if !path.exists() {
        return Err(Error::NotFound(path));
    }
    let path = regular(path)?;
    let mut problems = Vec::new();
    let (kind, schema) = match inspect::inspect(&path).await {
        Ok(Kind::Muster { schema }) => (Some(DatabaseKind::Muster), schema),
        Ok(Kind::Flask) => (Some(DatabaseKind::Flask), 0),
        Ok(Kind::Empty) => return Err(Error::NotADatabase(path, "it is empty".to_owned())),
        Ok(Kind::Foreign { detail }) => return Err(Error::NotADatabase(path, detail)),
        Err(Error::Damaged(_, detail)) => {
            problems.push(detail);
            (None, 0)
        }
        Err(error) => return Err(error),
    };
    let mut report = Report {
        kind,
        schema,
        summary: Summary {
            bytes: std::fs::metadata(&path).map_or(0, |metadata| metadata.len()),
            ..Summary::default()
        },
        problems,
        notes: Vec::new(),
    };
    if let Err(error) = look_over(&path, &mut report).await {
        match failure::explain(&path, error) {
            Error::Damaged(_, detail) => report.problems.push(format!("SQLite: {detail}")),
            error => return Err(error),
        }
    }
    Ok(report)
}

/// Reports missing columns. Returns whether there are any: nothing else can be checked then.
async fn lack(connection: &mut SqliteConnection, report: &mut Report) -> sqlx::Result<bool> {
    let missing = tables::missing(connection).await?;
    let told = missing.iter().take(COMPLAINTS);
    let told = told.map(|column| tables::without(column));
    report.problems.extend(told);
    Ok(!missing.is_empty())
}

async fn look_over(path: &Path, report: &mut Report) -> sqlx::Result<()> {
    let mut connection = connect::reader_of_closed(path).connect().await?;
    let complaints = sqlx::query("PRAGMA integrity_check")
        .fetch_all(&mut connection)
        .await?;
    let complaints = complaints.iter().filter_map(|row| row.try_get(0).ok());
    let complaints = complaints.filter(|found: &String| found != "ok");
    let said = complaints
        .take(COMPLAINTS)
        .map(|found| format!("SQLite: {found}"));
    report.problems.extend(said);
    let is_newest = report.kind == Some(DatabaseKind::Muster) && report.schema == schema::NEWEST;
    if is_newest && lack(&mut connection, report).await? {
        return Ok(());
    }
    match report.kind {
        Some(DatabaseKind::Muster) if report.schema > schema::NEWEST => report.notes.push(format!(
            "written by a newer Muster (schema {}): only SQLite's own checks were run",
            report.schema
        )),
        Some(DatabaseKind::Muster) => {
            summarize(&mut connection, report, MUSTER_SUMMARY).await?;
            check(&mut connection, &MUSTER_CHECKS, &mut report.problems).await?;
            check(&mut connection, &MUSTER_NOTES, &mut report.notes).await?;
            check_roles(&mut connection, &mut report.problems).await?;
            if report.schema >= schema::WITH_EVENTS {
                check(&mut connection, &EVENT_CHECKS, &mut report.problems).await?;
            }
            if report.schema >= schema::WITH_DAYS {
                chunks::check_chunks(&mut connection, report).await?;
            }
        }
        Some(DatabaseKind::Flask) => {
            summarize(&mut connection, report, FLASK_SUMMARY).await?;
            check(&mut connection, &FLASK_NOTES, &mut report.notes).await?;
        }
        None => {}
    }
    connection.close().await
}

const MUSTER_SUMMARY: &str = "SELECT (SELECT count(*) FROM users), \
    (SELECT count(*) FROM computers WHERE removed_ms IS NULL), \
    count(*), min(timestamp_ms) FILTER (WHERE typeof(timestamp_ms) = 'integer'), \
    max(timestamp_ms) FILTER (WHERE typeof(timestamp_ms) = 'integer') FROM stats";

const FLASK_SUMMARY: &str = concat!(
    "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM computers), count(*), min(",
    timestamp_as_ms!(),
    "), max(",
    timestamp_as_ms!(),
    ") FROM stats"
);

async fn summarize(
    connection: &mut SqliteConnection,
    report: &mut Report,
    statement: &'static str,
) -> sqlx::Result<()> {
    let row = sqlx::query(statement).fetch_one(connection).await?;
    let count = |row: &SqliteRow, index| row.try_get::<i64, _>(index).map(i64::unsigned_abs);
    report.summary.accounts = count(&row, 0)?;
    report.summary.computers = count(&row, 1)?;
    report.summary.samples = count(&row, 2)?;
    report.summary.first_ms = row.try_get(3)?;
    report.summary.last_ms = row.try_get(4)?;
    Ok(())
}

/// A statement that counts invalid rows, and the message for them.
type Check = (&'static str, &'static str);

const MUSTER_CHECKS: [Check; 8] = [
    (
        "SELECT count(*) FROM pragma_foreign_key_check('stats')",
        "samples belong to no computer",
    ),
    (
        "SELECT count(*) FROM pragma_foreign_key_check('processes')",
        "processes belong to no computer",
    ),
    (
        "SELECT count(*) FROM pragma_foreign_key_check('sessions')",
        "sessions belong to no account",
    ),
    (
        "SELECT count(*) FROM stats WHERE extra IS NOT NULL \
            AND CASE WHEN json_valid(extra) THEN json_type(extra) <> 'object' ELSE 1 END",
        "samples have an `extra` that is not a JSON object",
    ),
    (
        "SELECT count(*) FROM stats WHERE typeof(timestamp_ms) NOT IN ('integer', 'null')",
        "samples have a moment that is not a number",
    ),
    (
        "SELECT count(*) FROM computers WHERE typeof(name) <> 'text' OR typeof(url) <> 'text' \
            OR typeof(token) <> 'text'",
        "computers have a name, an address or a token that is not text",
    ),
    (
        "SELECT NOT EXISTS (SELECT 1 FROM revisions WHERE name = 'computers')",
        "revision of the computers is missing: the server does not notice changes by commands",
    ),
    (
        "SELECT EXISTS (SELECT 1 FROM users) \
            AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'administrator')",
        "database without an administrator: appoint one with `muster user role`",
    ),
];

const EVENT_CHECKS: [Check; 1] = [(
    "SELECT count(*) FROM pragma_foreign_key_check('events')",
    "events belong to no computer",
)];

const MUSTER_NOTES: [Check; 2] = [
    (
        "SELECT count(*) FROM stats WHERE timestamp_ms IS NULL",
        "samples have no moment: the next start sets it if `timestamp` is a date",
    ),
    (
        "SELECT count(*) FROM computers WHERE removed_ms IS NOT NULL",
        "removed computers can still be restored, or are being deleted",
    ),
];

const FLASK_NOTES: [Check; 2] = [
    (
        "SELECT count(*) FROM stats WHERE computer_id NOT IN (SELECT id FROM computers)",
        "samples belong to deleted computers: Muster keeps them under \"removed computer N\"",
    ),
    (
        concat!(
            "SELECT count(*) FROM stats WHERE ",
            timestamp_as_ms!(),
            " IS NULL"
        ),
        "samples have no date: Muster keeps them, but no chart shows them",
    ),
];

async fn check(
    connection: &mut SqliteConnection,
    checks: &[Check],
    found: &mut Vec<String>,
) -> sqlx::Result<()> {
    for (statement, meaning) in checks {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(*statement))
            .fetch_one(&mut *connection)
            .await?;
        if count > 0 {
            found.push(format!("{count} {meaning}"));
        }
    }
    Ok(())
}

async fn check_roles(
    connection: &mut SqliteConnection,
    problems: &mut Vec<String>,
) -> sqlx::Result<()> {
    let roles: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT CAST(coalesce(role, '') AS TEXT) FROM users")
            .fetch_all(connection)
            .await?;
    let unknown = roles.iter().filter(|role| Role::from_word(role).is_none());
    problems.extend(unknown.map(|role| format!("accounts have the unknown role \"{role}\"")));
    Ok(())
}
