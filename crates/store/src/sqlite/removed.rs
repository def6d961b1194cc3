//! Removed computers: they can be restored for a while, then all their data is deleted.

use super::chunks::SqliteChunks;
use super::row_index::Rows;
use super::{SqliteStore, events, failure, row, rows};
use crate::{ChunkStore, Error, Event, EventKind, Reason, RemovedComputer, Result};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;

/// The rows of a removed computer that are left once the unsealed ones are gone: sealed rows, and rows without a
/// moment. Reads the whole index, once for each computer.
const PURGE: &str = "DELETE FROM stats WHERE computer_id = ?";

/// The number of sealed periods deleted at once.
const PERIODS: usize = 30;

pub(super) async fn list(readers: &SqlitePool, since_ms: i64) -> Result<Vec<RemovedComputer>> {
    let rows = sqlx::query(
        "SELECT id, removed_name, removed_ms FROM computers WHERE removed_ms >= ? \
         ORDER BY removed_ms DESC",
    )
    .bind(since_ms)
    .fetch_all(readers)
    .await?;
    let removed = rows.iter().filter_map(|row| {
        Some(RemovedComputer {
            id: row::integer(row, 0)?,
            name: row::text(row, 1)?,
            removed_ms: row::integer(row, 2)?,
        })
    });
    Ok(removed.collect())
}

/// Brings one back, and notes that it was gone.
pub(super) async fn restore(
    connection: &mut SqliteConnection,
    id: i64,
    since_ms: i64,
    name: Option<&str>,
) -> Result<Option<String>> {
    let found: Option<(String, i64)> = sqlx::query_as(
        "SELECT removed_name, removed_ms FROM computers WHERE id = ? AND removed_ms >= ?",
    )
    .bind(id)
    .bind(since_ms)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((had, removed_ms)) = found else {
        return Ok(None);
    };
    let name = name.unwrap_or(&had);
    let restored = sqlx::query(
        "UPDATE computers SET name = ?, removed_ms = NULL, removed_name = NULL WHERE id = ?",
    )
    .bind(name)
    .bind(id)
    .execute(&mut *connection)
    .await;
    if restored.as_ref().is_err_and(failure::is_taken) {
        return Err(Error::NameTaken(name.to_owned()));
    }
    restored?;
    let gone = Event {
        computer_id: Some(id),
        at_ms: removed_ms,
        kind: EventKind::Offline,
        reason: Some(Reason::RemovedAndRestored),
        interval_ms: None,
    };
    events::insert(connection, &[gone]).await?;
    Ok(Some(name.to_owned()))
}

/// Deletes a slice of the data of the first computer that was removed before a moment.
pub(super) async fn purge_next(store: &SqliteStore, before_ms: i64, rows: u32) -> Result<bool> {
    let removed = sqlx::query_scalar(
        "SELECT id FROM computers WHERE removed_ms < ? ORDER BY removed_ms LIMIT 1",
    )
    .bind(before_ms)
    .fetch_optional(&store.readers)
    .await?;
    let Some(id) = removed else {
        return Ok(false);
    };
    // No period may be sealed again while it is deleted.
    let _alone = store.sealing.lock().await;
    let known = |all: &Rows| all.between(id, i64::MIN, i64::MAX);
    let mut known = store.query_rows(known).await?;
    known.extend(
        store
            .query_rows(|all| all.first_and_last(id))
            .await?
            .map(|(_, last)| last),
    );
    known.dedup();
    known.truncate(rows.max(1) as usize);
    let mut transaction = store.begin().await?;
    if known.is_empty() {
        purge(&mut transaction, id, rows).await?;
    } else {
        rows::delete_rows(&mut transaction, &known).await?;
    }
    transaction.commit().await?;
    store.row_index.update(|all| all.remove(id, &known));
    Ok(true)
}

/// Deletes a slice of a removed computer's other data, or the computer itself if none is left.
async fn purge(connection: &mut SqliteConnection, id: i64, rows: u32) -> Result<()> {
    let deleted = sqlx::query(events::PURGE)
        .bind(id)
        .bind(rows.max(1))
        .execute(&mut *connection)
        .await?;
    if deleted.rows_affected() > 0 {
        return Ok(());
    }
    let mut chunks = SqliteChunks(connection);
    let periods = chunks.list(id, i64::MIN, i64::MAX).await?;
    for listed in periods.iter().take(PERIODS) {
        chunks.delete(id, listed.period).await?;
    }
    if periods.len() > PERIODS {
        return Ok(());
    }
    for statement in [
        PURGE,
        "DELETE FROM processes WHERE computer_id = ?",
        "DELETE FROM computers WHERE id = ?",
    ] {
        sqlx::query(statement)
            .bind(id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
