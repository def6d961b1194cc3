//! SQLite behind the traits.
//!
//! One connection writes and a few read beside it, over a write-ahead log: readers never wait for the
//! writer, and writers wait in line in this process and not in SQLite. A file goes through
//! [`SqliteStore::open`] in this order: found or made, inspected, migrated or refused, served.

mod accounts;
mod adopt;
mod aside;
mod audit;
mod backup;
mod batch;
mod blocking;
mod charts;
mod chunks;
mod claim;
mod columns;
mod computers;
mod connect;
mod damage;
mod events;
mod extra;
mod failure;
mod files;
mod flask;
mod header;
mod identity;
mod inspect;
mod lines;
mod merge;
mod migrate;
mod names;
#[cfg(test)]
mod plans;
mod processes;
mod record;
mod removed;
mod restored;
mod retention;
mod row;
mod row_index;
mod rows;
mod samples;
mod schema;
mod sealing;
mod settings;
mod storage;
mod tables;
mod tokens;
mod verify;

pub use claim::Claim;
pub use failure::name_file;
pub use verify::{DatabaseKind, Report, Summary, verify};

use crate::{Error, Result};
use damage::Damage;
use identity::Opened;
use inspect::Kind;
use names::Names;
use row_index::RowIndex;
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;

/// What to do where there is no database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Make one.
    Create,
    /// Say so.
    Refuse,
}

/// A database in one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    opened: Opened,
    /// The numbers of series.
    names: Names,
    /// What reading came upon.
    damage: Damage,
    /// Which rows there are.
    row_index: RowIndex,
    /// Held by who seals, or deletes.
    sealing: Arc<Mutex<()>>,
}

impl SqliteStore {
    /// Opens the database at `path`: what the Flask server left is migrated where it lies.
    ///
    /// # Errors
    /// What [`Error`] has for files that cannot be used. None of them was changed then.
    pub async fn open(path: &Path, missing: Missing) -> Result<Self> {
        let path = locate(path, missing)?;
        prepare(&path).await?;
        let store = Self::connect(&path).await;
        store.map_err(|error| failure::explain(&path, error))
    }

    /// Claims the database at `path` for a server, until the claim is dropped. Commands that only look
    /// or change a row do without.
    ///
    /// # Errors
    /// [`Error::InUse`], or [`Error::NotWritable`] where its lock cannot be made.
    pub fn claim(path: &Path) -> Result<Claim> {
        Claim::acquire(&absolute(path)?)
    }

    /// Where the database lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for what is under way, folds the log into the file and closes it.
    pub async fn close(&self) {
        self.readers.close().await;
        // No reason not to stop: the log is folded in at the next start.
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer);
        if let Err(error) = folded.await {
            tracing::warn!("the write-ahead log stays beside the database: {error}");
        }
        self.writer.close().await;
    }

    async fn connect(path: &Path) -> sqlx::Result<Self> {
        let writer = connect::writer_pool(path).await?;
        let mut store = Self {
            path: path.to_owned(),
            readers: connect::reader_pool(path).await?,
            writer,
            opened: Opened::at(path),
            names: Names::default(),
            damage: Damage::default(),
            row_index: RowIndex::default(),
            sealing: Arc::default(),
        };
        store.names.reload(&store.readers).await?;
        // This takes the write lock, so that a file that cannot be written is found out now.
        let mut transaction = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        adopt::adopt_rows(&mut transaction).await?;
        transaction.commit().await?;
        // By now its log is there.
        store.opened = Opened::at(path);
        Ok(store)
    }

    /// Whether the path still leads to this database, and to its log.
    fn check_identity(&self) -> Result<()> {
        self.opened.check(&self.path)
    }

    /// Begins to write, where what is written will be there.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        self.check_identity()?;
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Where the database really lies, with links resolved: its companions lie beside it, and a migrated
/// file takes its place and not the link's.
fn locate(path: &Path, missing: Missing) -> Result<PathBuf> {
    let path = absolute(path)?;
    if path.exists() {
        return regular(path);
    }
    if missing == Missing::Refuse {
        return Err(Error::NotFound(path));
    }
    match files::create_private(&path, true) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(failure::explain_io(&path, &error))
        }
        _ => Ok(path),
    }
}

/// Reading from a pipe or a device would wait for ever.
fn regular(path: PathBuf) -> Result<PathBuf> {
    if path.is_file() {
        return Ok(path);
    }
    Err(Error::NotADatabase {
        path,
        detail: "it is no regular file".to_owned(),
    })
}

fn absolute(path: &Path) -> Result<PathBuf> {
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let refuse = |detail: String| Error::NotWritable {
        path: path.to_owned(),
        detail,
    };
    let path = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(refuse("that is no name of a file".to_owned()));
    };
    match folder.canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::NoFolder(folder.to_owned()))
        }
        Err(error) => Err(refuse(format!("the folder {}: {error}", folder.display()))),
    }
}

/// Brings whatever lies at `path` to the newest schema, or refuses it.
async fn prepare(path: &Path) -> Result<()> {
    let path_owned = || path.to_owned();
    restored::take_up(path).await?;
    match inspect::inspect(path).await? {
        Kind::Muster { schema } if schema == schema::NEWEST => tables::check(path).await,
        Kind::Muster { schema } if schema < schema::NEWEST => schema::upgrade(path, schema).await,
        Kind::Muster { schema } => Err(Error::NewerSchema {
            path: path_owned(),
            found: schema,
            known: schema::NEWEST,
        }),
        Kind::Empty => schema::create(path).await,
        Kind::Flask => migrate::in_place(path).await,
        Kind::Foreign { detail } => Err(Error::NotADatabase {
            path: path_owned(),
            detail,
        }),
    }
}

/// The name of a companion that lies beside the database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}
