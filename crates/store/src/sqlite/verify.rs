//! Looking a database over without changing it.

use super::adopt::timestamp_as_ms;
use super::inspect::{self, Kind};
use super::{absolute, chunks, connect, failure, regular, schema, tables};
use crate::{Error, Result, Role};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};
use std::path::Path;

/// How many of SQLite's own complaints a report lists, at most.
const COMPLAINTS: usize = 50;

/// Whose database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One of ours.
    Muster,
    /// One that the Flask server left; the next start of the server migrates it.
    Flask,
}

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The file's size.
    pub bytes: u64,
    /// How many accounts there are.
    pub accounts: u64,
    /// How many computers, without removed ones.
    pub computers: u64,
    /// How many samples, all in all.
    pub samples: u64,
    /// The oldest sample, in Unix milliseconds.
    pub first_ms: Option<i64>,
    /// The newest.
    pub last_ms: Option<i64>,
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whose database it is; `None` where the damage goes so far that nobody can tell.
    pub kind: Option<DatabaseKind>,
    /// The number of its schema; 0 for the Flask server's.
    pub schema: i64,
    /// What it holds, as far as it can be read.
    pub summary: Summary,
    /// What is wrong with it, in words. None is good news.
    pub problems: Vec<String>,
    /// What is odd, but does no harm.
    pub notes: Vec<String>,
}

/// Looks over the database at `path`, ours or the Flask server's, without changing it. It may be served
/// meanwhile.
///
/// # Errors
/// There is no file, it cannot be read, or it never was such a database. Damage is no error here: the
/// report tells of it.
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
        Ok(Kind::Empty) => return Err(not_a_database(&path, "it is empty")),
        Ok(Kind::Foreign { detail }) => return Err(not_a_database(&path, &detail)),
        Err(Error::Damaged { detail, .. }) => {
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
            Error::Damaged { detail, .. } => report.problems.push(format!("SQLite: {detail}")),
            error => return Err(error),
        }
    }
    Ok(report)
}

/// Whether columns are missing, which are told then, and without which nothing more can be asked.
async fn lack(connection: &mut SqliteConnection, report: &mut Report) -> sqlx::Result<bool> {
    let missing = tables::missing(connection).await?;
    let told = missing.iter().take(COMPLAINTS);
    report
        .problems
        .extend(told.map(|column| tables::without(column)));
    Ok(!missing.is_empty())
}

fn not_a_database(path: &Path, detail: &str) -> Error {
    Error::NotADatabase {
        path: path.to_owned(),
        detail: detail.to_owned(),
    }
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
            "a newer Muster wrote it (schema {}): only SQLite's own checks were made",
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

/// A statement that counts what should not be there, and what to say of the count.
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
        "samples have further readings that are no JSON object",
    ),
    (
        "SELECT count(*) FROM stats WHERE typeof(timestamp_ms) NOT IN ('integer', 'null')",
        "samples have a moment that is no number",
    ),
    (
        "SELECT count(*) FROM computers WHERE typeof(name) <> 'text' OR typeof(url) <> 'text' \
            OR typeof(token) <> 'text'",
        "computers have a name, an address or a token that is no text",
    ),
    (
        "SELECT NOT EXISTS (SELECT 1 FROM revisions WHERE name = 'computers')",
        "revision of the computers is missing: the server does not notice changes by commands",
    ),
    (
        "SELECT EXISTS (SELECT 1 FROM users) \
            AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'administrator')",
        "database without any administrator: `muster user role` makes an account one",
    ),
];

const EVENT_CHECKS: [Check; 1] = [(
    "SELECT count(*) FROM pragma_foreign_key_check('events')",
    "events belong to no computer",
)];

const MUSTER_NOTES: [Check; 2] = [
    (
        "SELECT count(*) FROM stats WHERE timestamp_ms IS NULL",
        "samples have no moment: the next start gives them one where `timestamp` is a date",
    ),
    (
        "SELECT count(*) FROM computers WHERE removed_ms IS NOT NULL",
        "removed computers may still be brought back, or are being deleted",
    ),
];

const FLASK_NOTES: [Check; 2] = [
    (
        "SELECT count(*) FROM stats WHERE computer_id NOT IN (SELECT id FROM computers)",
        "samples belong to computers that are gone: Muster keeps them under \"removed computer N\"",
    ),
    (
        concat!(
            "SELECT count(*) FROM stats WHERE ",
            timestamp_as_ms!(),
            " IS NULL"
        ),
        "samples carry no date: Muster keeps them, but draws them on no chart",
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
