//! Backups: consistent copies of a database in use.

use super::verify::{Summary, verify};
use super::{SqliteStore, absolute, beside, connect, failure, files, header, migrate, restored};
use crate::{Error, Result};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

impl SqliteStore {
    /// Copies a snapshot of the database into a new file at `target`, while others read and write it. The file gets
    /// its name only after it was opened, checked and synced to the disk, so a file of this name is a valid backup.
    /// To restore it, start the server with it.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::BadCopy`], or an error that prevents writing the file.
    pub async fn backup(&self, target: &Path) -> Result<Summary> {
        let target = absolute(target)?;
        if target.symlink_metadata().is_ok() {
            return Err(Error::Exists(target));
        }
        let partial = beside(&target, &format!("partial-{}", std::process::id()));
        let made = self.make(&partial, &target).await;
        // The temporary name, or the rest of a failed copy.
        let cleared = files::remove_if_there(&partial);
        let summary = made?;
        cleared.map_err(|error| failure::explain_io(&partial, &error))?;
        Ok(summary)
    }

    async fn make(&self, partial: &Path, target: &Path) -> Result<Summary> {
        let explain_io = |error| failure::explain_io(target, &error);
        files::remove_if_there(partial).map_err(explain_io)?;
        migrate::copy(connect::reader(&self.path), partial).await?;
        mark_as_backup(partial)
            .await
            .map_err(|error| failure::explain(target, error))?;
        let report = verify(partial).await?;
        if let Some(detail) = report.problems.first() {
            let detail = detail.clone();
            return Err(Error::BadCopy(detail));
        }
        files::sync(partial).await.map_err(explain_io)?;
        name(partial, target)?;
        files::sync_folder_of(target).await.map_err(explain_io)?;
        Ok(report.summary)
    }
}

async fn mark_as_backup(partial: &Path) -> sqlx::Result<()> {
    let mut connection = connect::plain(partial).connect().await?;
    restored::mark(&mut connection, header::BACKUP_ID).await?;
    connection.close().await
}

/// Renames the copy, unless another file has the name by now.
fn name(partial: &Path, target: &Path) -> Result<()> {
    let named = match fs::hard_link(partial, target) {
        // Some file systems do not support hard links.
        Err(error) if error.kind() != ErrorKind::AlreadyExists && !target.exists() => {
            fs::rename(partial, target)
        }
        named => named,
    };
    named.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists(target.to_owned()),
        _ => failure::explain_io(target, &error),
    })
}
