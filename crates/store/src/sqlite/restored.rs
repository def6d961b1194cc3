//! Starts with a backup that replaced a database.
//!
//! After a crash the write-ahead log of the previous database may still be beside the path, and SQLite would write
//! it into the backup. A backup therefore says in its header that it is one. Its first start moves such files aside;
//! from then on it is a normal database.

use super::header::{APPLICATION_ID, is_backup};
use super::{connect, failure, files};
use crate::Result;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Makes a backup a database; leaves other files as they are.
pub(super) async fn take_up(path: &Path) -> Result<()> {
    if !is_backup(path) {
        return Ok(());
    }
    for companion in COMPANIONS {
        move_aside(path, companion).map_err(|error| failure::explain_io(path, &error))?;
    }
    files::sync_folder_of(path)
        .await
        .map_err(|error| failure::explain_io(path, &error))?;
    tracing::info!("starting with the backup {}", path.display());
    let mark = async {
        let mut connection = connect::plain(path).connect().await?;
        mark(&mut connection, APPLICATION_ID).await?;
        connection.close().await
    };
    mark.await.map_err(|error| failure::explain(path, error))
}

/// Writes the application id into the header.
pub(super) async fn mark(connection: &mut SqliteConnection, id: i32) -> sqlx::Result<()> {
    let pragma = format!("PRAGMA application_id = {id}");
    connection.execute(AssertSqlSafe(pragma)).await?;
    Ok(())
}

fn move_aside(path: &Path, companion: &str) -> std::io::Result<()> {
    let named = |middle: &str| {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(middle);
        name.push(companion);
        name
    };
    match std::fs::rename(named(""), named(".stale")) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(()) => {
            tracing::warn!(
                "moved a log of the database that was here before aside: {}",
                Path::new(&named(".stale")).display()
            );
            Ok(())
        }
        failed => failed,
    }
}
