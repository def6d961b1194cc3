//! Stores and reads events.

use super::batch::{Batch, Bound};
use super::{SqliteStore, row};
use crate::{Event, EventKind, Events, Reason, Result};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use std::sync::LazyLock;

/// Leaves out events of computers that were removed meanwhile.
static INSERT: LazyLock<Batch> = LazyLock::new(|| {
    Batch::new(
        "INSERT INTO events (computer_id, at_ms, kind, reason, interval_ms) \
         SELECT column1, column2, column3, column4, column5 FROM",
        5,
        "WHERE column1 IS NULL OR EXISTS \
            (SELECT 1 FROM computers WHERE computers.id = column1 AND removed_ms IS NULL)",
    )
});

/// The newest first, so that a limit leaves out the oldest.
pub(super) const BETWEEN: &str = "SELECT computer_id, at_ms, kind, reason, interval_ms FROM events \
    WHERE computer_id IS ?1 AND at_ms < ?3 AND at_ms >= coalesce( \
        (SELECT max(at_ms) FROM events WHERE computer_id IS ?1 AND at_ms < ?2), ?2) \
    ORDER BY at_ms DESC, id DESC LIMIT ?4";

pub(super) const FIRST: &str = "SELECT min(at_ms) FROM events WHERE computer_id = ?";

/// A slice of a removed computer's oldest events. Selects by moment, not by number: SQLite would scan a small table
/// rather than look up each number.
pub(super) const PURGE: &str = "DELETE FROM events WHERE computer_id = ?1 AND at_ms <= coalesce( \
    (SELECT at_ms FROM events WHERE computer_id = ?1 ORDER BY at_ms LIMIT 1 OFFSET ?2 - 1), \
    9223372036854775807)";

/// A slice of a computer's oldest events, except the last one before a moment, which gives the state at that moment,
/// and the one that it was added.
pub(super) const FORGET: &str = "DELETE FROM events WHERE computer_id = ?1 AND kind <> 'added' \
    AND at_ms < \
        (SELECT max(at_ms) FROM events WHERE computer_id = ?1 AND at_ms < ?2 AND kind <> 'added') \
    AND at_ms <= coalesce( \
        (SELECT at_ms FROM events WHERE computer_id = ?1 ORDER BY at_ms LIMIT 1 OFFSET ?3 - 1), \
        9223372036854775807)";

#[async_trait]
impl Events for SqliteStore {
    async fn events(
        &self,
        computer_id: Option<i64>,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Event>> {
        let rows = sqlx::query(BETWEEN)
            .bind(computer_id)
            .bind(from_ms)
            .bind(to_ms)
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.iter().rev().filter_map(event).collect())
    }

    async fn first_event_ms(&self, computer_id: i64) -> Result<Option<i64>> {
        let row = sqlx::query(FIRST)
            .bind(computer_id)
            .fetch_one(&self.readers)
            .await?;
        Ok(row::integer(&row, 0))
    }
}

/// Inserts events.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    events: &[Event],
) -> sqlx::Result<()> {
    INSERT.run(connection, events, bind).await?;
    Ok(())
}

fn bind(query: Bound, event: &Event) -> Bound {
    query
        .bind(event.computer_id)
        .bind(event.at_ms)
        .bind(event.kind.as_str())
        .bind(event.reason.as_ref().map(Reason::to_json))
        .bind(event.interval_ms)
}

/// An event; `None` if its kind is unknown.
fn event(row: &SqliteRow) -> Option<Event> {
    Some(Event {
        computer_id: row::integer(row, 0),
        at_ms: row::integer(row, 1)?,
        kind: EventKind::from_word(&row::text(row, 2)?)?,
        reason: row::text(row, 3).as_deref().map(Reason::from_json),
        interval_ms: row::integer(row, 4),
    })
}
