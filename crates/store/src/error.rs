//! What can go wrong with a store, in words for its operator.

use crate::{PeriodKey, PeriodLength};
use std::path::PathBuf;
use thiserror::Error;

/// A store's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, Error)]
pub enum Error {
    /// An account or a computer of that name is there already.
    #[error("The name \"{0}\" is taken.")]
    NameTaken(String),
    /// An account has as many API tokens as it may have.
    #[error("There are {0} tokens already: revoke one that is not used any more.")]
    TooManyTokens(u32),
    /// The last administrator can be neither removed nor made a viewer.
    #[error("This is the last administrator: make another account administrator first.")]
    LastAdministrator,
    /// There is no file, and the caller did not want one made.
    #[error("there is no database at {0}: check --database, or start the server once to make it")]
    NotFound(PathBuf),
    /// There is not even a folder to make it in.
    #[error("there is no folder {0}: make it, or give another path")]
    NoFolder(PathBuf),
    /// The file is something else.
    #[error(
        "{path} is not a Muster database ({detail}); nothing in it was changed. \
         Point --database elsewhere, or move the file aside to start with an empty one"
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// How that shows.
        detail: String,
    },
    /// The file is damaged.
    #[error(
        "{path} is damaged ({detail}); nothing in it was changed. `muster verify --database {path}` tells \
         what is wrong; to go on, put a backup in its place, or move it aside to start with an empty one"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How that shows.
        detail: String,
    },
    /// A page of it is, as was found in the middle of work.
    #[error(
        "{path} is damaged ({detail}). `muster verify --database {path}` tells what is wrong; to go on, put a \
         backup in its place, or move it aside to start with an empty one"
    )]
    DamagedPage {
        /// The file.
        path: PathBuf,
        /// How that shows.
        detail: String,
    },
    /// A later Muster wrote it.
    #[error(
        "{path} was written by a newer Muster (schema {found}, this one knows up to {known}); \
         nothing in it was changed. Start the newer version, or restore a backup from before it"
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// A folder or file that cannot be written.
    #[error(
        "cannot write {path}: {detail}. Check who owns the file and its folder, and that the disk is not full or read-only"
    )]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// Another server serves this file, or another program holds it.
    #[error(
        "{path} is in use by another program: stop the other server, or point --database elsewhere"
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// What an older server left could not be taken over.
    #[error(
        "{path} could not be migrated ({detail}); nothing in it was changed. \
         Please report this, and start the older server meanwhile"
    )]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// A backup never takes the place of another file.
    #[error("{0} is there already: choose another name for the backup, or move that file aside")]
    Exists(PathBuf),
    /// The copy was made, but it is not what a backup must be.
    #[error(
        "the copy did not pass its check ({detail}) and was deleted: `muster verify` the database itself"
    )]
    BadCopy {
        /// What is wrong with it.
        detail: String,
    },
    /// Another file, or none, lies where the database was.
    #[error(
        "{0} was moved, deleted or replaced under the server: what is stored now would be lost with it. \
         Put the file back, or restart the server"
    )]
    Replaced(PathBuf),
    /// Another log, or none, lies where the database's was.
    #[error(
        "{0} was deleted or replaced under the server: what is stored now would be lost with it. \
         Restart the server, and find out which program did that"
    )]
    LogReplaced(PathBuf),
    /// ChunkStore of an hour, a day or a month cannot be read.
    #[error("the history of computer {computer_id} {period} is damaged: {detail}")]
    DamagedHistory {
        /// Whose history it is.
        computer_id: i64,
        /// "on 2025-11-19 in the hour from 18:00", "on 2025-11-19" or "in 2025-11" (UTC).
        period: String,
        /// What is wrong with it.
        detail: String,
    },
    /// What the database said otherwise.
    #[error("the database failed: {0}")]
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

/// A day that no calendar has is written as the number that it is.
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
