//! Errors of a store, written for operators.

use crate::{PeriodKey, PeriodLength};
use std::path::PathBuf;
use thiserror::Error;

/// The result of a store's method.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of a store.
#[derive(Debug, Error)]
pub enum Error {
    /// An account, a computer or a token has this name already.
    #[error("The name \"{0}\" is taken.")]
    NameTaken(String),
    /// The account has the maximum number of API tokens.
    #[error("There are {0} tokens already: revoke one that is not used any more.")]
    TooManyTokens(u32),
    /// The last administrator can be neither removed nor made a viewer.
    #[error("This is the last administrator: make another account administrator first.")]
    LastAdministrator,
    /// The file does not exist, and the caller did not ask to create it.
    #[error("there is no database at {0}: check --database, or start the server once to create it")]
    NotFound(PathBuf),
    /// The file's folder does not exist.
    #[error("the folder {0} does not exist: create it, or give another path")]
    NoFolder(PathBuf),
    /// The file is not a Muster database, with the reason.
    #[error(
        "{0} is not a Muster database ({1}); it was not changed. \
         Use another path for --database, or move the file away to start with an empty database"
    )]
    NotADatabase(PathBuf, String),
    /// The file is damaged, with the reason.
    #[error(
        "{0} is damaged ({1}); it was not changed. Run `muster verify --database {0}` for \
         details; then put a backup in its place, or move it away to start with an empty database"
    )]
    Damaged(PathBuf, String),
    /// A page of the file is damaged, found during work, with SQLite's error.
    #[error(
        "{0} is damaged ({1}). Run `muster verify --database {0}` for details; then put a backup in \
         its place, or move it away to start with an empty database"
    )]
    DamagedPage(PathBuf, String),
    /// A newer Muster wrote the file.
    #[error(
        "{path} was written by a newer Muster (schema {found}, this version supports up to {known}); \
         it was not changed. Start the newer version, or restore an older backup"
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// A folder or a file cannot be written, with the system's error.
    #[error(
        "cannot write {0}: {1}. Check the owner of the file and its folder, and that the disk is neither full nor read-only"
    )]
    NotWritable(PathBuf, String),
    /// Another server or program uses this file.
    #[error(
        "{0} is in use by another program: stop the other server, or use another path for --database"
    )]
    InUse(PathBuf),
    /// The Flask server's database could not be migrated, with the reason.
    #[error(
        "{0} could not be migrated ({1}); it was not changed. \
         Please report this, and use the old server until it is fixed"
    )]
    Migration(PathBuf, String),
    /// A backup does not overwrite a file.
    #[error("{0} exists already: choose another name for the backup, or move that file away")]
    Exists(PathBuf),
    /// The copy failed its check, with the first problem.
    #[error("the copy failed its check ({0}) and was deleted: run `muster verify` on the database")]
    BadCopy(String),
    /// The path no longer leads to the open database.
    #[error(
        "{0} was moved, deleted or replaced while the server used it: further writes would be lost. \
         Put the file back, or restart the server"
    )]
    Replaced(PathBuf),
    /// The log's path no longer leads to the open log.
    #[error(
        "{0} was deleted or replaced while the server used it: further writes would be lost. \
         Restart the server, and find out which program did it"
    )]
    LogReplaced(PathBuf),
    /// The chunks of an hour, a day or a month cannot be read.
    #[error("the history of computer {computer_id} {period} is damaged: {detail}")]
    DamagedHistory {
        /// The computer.
        computer_id: i64,
        /// "on 2025-11-19 in the hour from 18:00", "on 2025-11-19" or "in 2025-11" (UTC).
        period: String,
        /// The damage.
        detail: String,
    },
    /// Any other error of the database.
    #[error("database error: {0}")]
    Database(#[from] sqlx::Error),
}

impl Error {
    pub(crate) fn damaged_period(
        computer_id: i64,
        period: PeriodKey,
        detail: &dyn std::fmt::Display,
    ) -> Self {
        Self::DamagedHistory {
            computer_id,
            period: when(period),
            detail: detail.to_string(),
        }
    }
}

/// A start that is beyond the calendar is written as a number.
fn when(period: PeriodKey) -> String {
    match (
        jiff::Timestamp::from_millisecond(period.start_ms),
        period.length,
    ) {
        (Ok(moment), PeriodLength::Hour) => moment
            .strftime("on %Y-%m-%d in the hour from %H:00")
            .to_string(),
        (Ok(moment), PeriodLength::Day) => moment.strftime("on %Y-%m-%d").to_string(),
        (Ok(moment), PeriodLength::Month) => moment.strftime("in %Y-%m").to_string(),
        (Err(_), _) => format!("at {} ms", period.start_ms),
    }
}
