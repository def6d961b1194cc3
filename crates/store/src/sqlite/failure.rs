//! Translates SQLite's result codes into errors for operators.

use crate::{Error, Result};
use std::io;
use std::path::Path;

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// SQLite's primary result code, if the error has one.
fn code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Whether a reading connection failed where a writing one can succeed: it has to roll back a dead writer's journal
/// or create the log's shared memory.
pub(super) fn wants_writer(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(READONLY | CANTOPEN))
}

/// Translates an error of the database at `path`.
pub(super) fn explain(path: &Path, error: sqlx::Error) -> Error {
    let detail = error.as_database_error().map_or_else(
        || error.to_string(),
        |database| database.message().to_owned(),
    );
    let path = path.to_owned();
    match code(&error) {
        Some(BUSY | LOCKED) => Error::InUse(path),
        Some(READONLY | IOERR | FULL | CANTOPEN) => Error::NotWritable(path, detail),
        Some(CORRUPT) => Error::Damaged(path, detail),
        Some(NOTADB) => Error::NotADatabase(path, detail),
        _ => Error::Database(error),
    }
}

/// Names the database at `path` in an error that SQLite reported during work.
#[must_use]
pub fn name_file(error: Error, path: &Path) -> Error {
    match error {
        Error::Database(error) => match explain(path, error) {
            Error::Damaged(path, detail) => Error::DamagedPage(path, detail),
            error => error,
        },
        error => error,
    }
}

/// Whether the stored data is damaged, as opposed to being out of reach.
pub(super) fn is_damage(error: &Error) -> bool {
    match error {
        Error::Damaged(..) | Error::DamagedHistory { .. } => true,
        Error::Database(
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::Protocol(_),
        ) => true,
        Error::Database(error) => is_corrupt(error),
        _ => false,
    }
}

/// Whether SQLite found a damaged page.
pub(super) fn is_corrupt(error: &sqlx::Error) -> bool {
    code(error) == Some(CORRUPT)
}

/// Translates an error of the file system.
pub(super) fn explain_io(path: &Path, error: &io::Error) -> Error {
    Error::NotWritable(path.to_owned(), error.to_string())
}

/// Turns a conflict of a unique name into [`Error::NameTaken`].
pub(super) fn name_taken<T>(result: sqlx::Result<T>, name: &str) -> Result<T> {
    match result {
        Err(error) if is_taken(&error) => Err(Error::NameTaken(name.to_owned())),
        result => Ok(result?),
    }
}

/// Whether a unique value exists already.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
