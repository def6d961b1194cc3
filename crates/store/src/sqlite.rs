//! The store in SQLite.
//!
//! One connection writes and a few others read, over a write-ahead log. Readers never wait for the writer; writers
//! queue in this process, not in SQLite. [`SqliteStore::open`] finds or creates the file, inspects it, migrates or
//! refuses it, and adopts what other programs inserted.

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
mod sentences;
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

/// What to do if there is no database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Create one.
    Create,
    /// Return an error.
    Refuse,
}

/// A database in one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    opened: Opened,
    /// The numbers of series by name.
    names: Names,
    /// The damage that reads found.
    damage: Damage,
    /// The unsealed rows.
    row_index: RowIndex,
    /// Held while periods are sealed, merged or deleted.
    sealing: Arc<Mutex<()>>,
}

impl SqliteStore {
    /// Opens the database at `path`. A database of the Flask server is migrated in place.
    ///
    /// # Errors
    /// The file cannot be used; it was not changed then.
    pub async fn open(path: &Path, missing: Missing) -> Result<Self> {
        let path = locate(path, missing)?;
        prepare(&path).await?;
        let store = Self::connect(&path).await;
        store.map_err(|error| failure::explain(&path, error))
    }

    /// Claims the database at `path` for a server until the claim is dropped. Commands that only read or change a
    /// row do not need a claim.
    ///
    /// # Errors
    /// [`Error::InUse`], or [`Error::NotWritable`] if the lock file cannot be created.
    pub fn claim(path: &Path) -> Result<Claim> {
        Claim::acquire(&absolute(path)?)
    }

    /// The path of the database.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for running statements, writes the log back into the file and closes it.
    pub async fn close(&self) {
        self.readers.close().await;
        // A failure does not matter: the next start writes the log back.
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer);
        if let Err(error) = folded.await {
            tracing::warn!(
                "cannot write the log back into the database; the next start does it: {error}"
            );
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
        // Takes the write lock, so that a file that cannot be written fails now.
        let mut transaction = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        adopt::adopt_rows(&mut transaction).await?;
        transaction.commit().await?;
        // The log exists by now.
        store.opened = Opened::at(path);
        Ok(store)
    }

    /// Fails if the paths no longer lead to the open database and its log.
    fn check_identity(&self) -> Result<()> {
        self.opened.check(&self.path)
    }

    /// Begins a write transaction, unless the open file was replaced.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        self.check_identity()?;
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// The path with links resolved: files beside the database are beside its target, and a migration replaces the
/// target, not the link.
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

/// Refuses pipes and devices, which could block forever.
fn regular(path: PathBuf) -> Result<PathBuf> {
    if path.is_file() {
        return Ok(path);
    }
    let detail = "it is not a regular file".to_owned();
    Err(Error::NotADatabase(path, detail))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let refuse = |detail: String| Error::NotWritable(path.to_owned(), detail);
    let path = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(refuse("it is not a file name".to_owned()));
    };
    match folder.canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::NoFolder(folder.to_owned()))
        }
        Err(error) => Err(refuse(format!("folder {}: {error}", folder.display()))),
    }
}

/// Brings the file at `path` to the newest schema, or refuses it.
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
        Kind::Foreign { detail } => Err(Error::NotADatabase(path_owned(), detail)),
    }
}

/// The name of a file beside the database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}
