//! Computers.

use super::{SqliteStore, adopt, failure, processes, removed, row};
use crate::{
    Assessment, Complete, Computer, ComputerChange, ComputerState, Computers, Facts, MAX_NOTE,
    MAX_TAG, MAX_TAGS, NewComputer, Process, Reason, RemovedComputer, Result, Status,
};
use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;
use std::sync::Arc;

/// `last_seen` is the Flask server's text column; text that is not a date is read as NULL.
const COMPUTERS: &str = "SELECT id, name, url, token, polled, status, reason, since_ms, \
        CASE WHEN last_seen GLOB '[0-9][0-9][0-9][0-9]-*' THEN \
            CAST(round((julianday(last_seen) - 2440587.5) * 86400000.0) AS INTEGER) END, \
        hostname, system, os, kernel, agent_version, boot_time_s, tags, note, boot_id, agent_run, \
        complete_run, complete_sequence, complete_ms, tls_sha256, condition \
    FROM computers WHERE removed_ms IS NULL ORDER BY name";

/// The newest sample of each computer within the last ten minutes that have any, which is longer than a server
/// delays `last_seen`. Read from the file and not from the index in memory: a command would have to scan all rows
/// for that.
pub(super) const NEWEST: &str = "SELECT computer_id, max(timestamp_ms) FROM stats \
    WHERE timestamp_ms >= (SELECT max(timestamp_ms) FROM stats) - 600000 GROUP BY computer_id";

#[async_trait]
impl Computers for SqliteStore {
    async fn computers(&self) -> Result<Vec<Computer>> {
        // One row at a time: ten thousand rows of the driver take more memory than the computers.
        let rows = sqlx::query(COMPUTERS).fetch(&self.readers);
        let mut computers: Vec<_> = rows.map_ok(|row| computer(&row)).try_collect().await?;
        self.correct_last_seen(&mut computers).await?;
        Ok(computers)
    }

    async fn computers_revision(&self) -> Result<i64> {
        let revision = sqlx::query_scalar("SELECT value FROM revisions WHERE name = 'computers'")
            .fetch_optional(&self.readers)
            .await?;
        Ok(revision.unwrap_or_default())
    }

    async fn add_computer(&self, computer: &NewComputer) -> Result<i64> {
        let mut transaction = self.begin().await?;
        let added = sqlx::query(
            "INSERT INTO computers (name, url, token, tags, note, tls_sha256) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&computer.name)
        .bind(&computer.url)
        .bind(&computer.token)
        .bind(in_a_row(&computer.tags))
        .bind(&computer.note)
        .bind(computer.tls_sha256.as_deref())
        .execute(&mut *transaction)
        .await;
        let id = failure::name_taken(added, &computer.name)?.last_insert_rowid();
        adopt::announce_new_computers(&mut transaction).await?;
        transaction.commit().await?;
        Ok(id)
    }

    async fn change_computer(&self, id: i64, change: &ComputerChange) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE computers SET name = coalesce(?2, name), url = coalesce(?3, url), \
                    token = coalesce(?4, token), tags = coalesce(?5, tags), note = coalesce(?6, note), \
                    tls_sha256 = CASE WHEN ?7 THEN ?8 ELSE tls_sha256 END, \
                    polled = CASE WHEN coalesce(?3, url) IS NOT url OR coalesce(?4, token) IS NOT token \
                             THEN 1 ELSE polled END \
             WHERE id = ?1 AND removed_ms IS NULL",
        )
        .bind(id)
        .bind(change.name.as_deref())
        .bind(change.url.as_deref())
        .bind(change.token.as_deref())
        .bind(change.tags.as_deref().map(in_a_row))
        .bind(change.note.as_deref())
        .bind(change.tls_sha256.is_some())
        .bind(change.tls_sha256.as_ref().and_then(Option::as_deref))
        .execute(&mut *transaction)
        .await;
        let name = change.name.as_deref().unwrap_or_default();
        let is_there = failure::name_taken(changed, name)?.rows_affected() == 1;
        if is_there {
            adopt::count_revision(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(is_there)
    }

    async fn remove_computer(&self, id: i64, now_ms: i64) -> Result<Option<String>> {
        let mut transaction = self.begin().await?;
        let found = sqlx::query("SELECT name FROM computers WHERE id = ? AND removed_ms IS NULL")
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        // The row gets a random name, which no other computer can have.
        sqlx::query(
            "UPDATE computers SET removed_ms = ?, removed_name = name, \
                    name = '(removed) ' || name || ' #' || id || ' ' || lower(hex(randomblob(8))) \
             WHERE id = ?",
        )
        .bind(now_ms)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        adopt::count_revision(&mut transaction).await?;
        transaction.commit().await?;
        Ok(Some(row::text(&found, 0).unwrap_or_default()))
    }

    async fn removed_computers(&self, since_ms: i64) -> Result<Vec<RemovedComputer>> {
        removed::list(&self.readers, since_ms).await
    }

    async fn restore_computer(
        &self,
        id: i64,
        since_ms: i64,
        name: Option<&str>,
    ) -> Result<Option<String>> {
        let mut transaction = self.begin().await?;
        let restored = removed::restore(&mut transaction, id, since_ms, name).await?;
        if restored.is_some() {
            adopt::count_revision(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(restored)
    }

    async fn purge_removed(&self, before_ms: i64, rows: u32) -> Result<bool> {
        removed::purge_next(self, before_ms, rows).await
    }

    async fn processes(&self) -> Result<Vec<(i64, Vec<Process>)>> {
        Ok(processes::read_processes(&self.readers).await?)
    }

    async fn replace_processes(
        &self,
        processes: &[(i64, Vec<Process>)],
        now_ms: i64,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        processes::insert_processes(&mut transaction, processes, now_ms).await?;
        Ok(transaction.commit().await?)
    }
}

impl SqliteStore {
    /// Corrects `last_seen`, which is not written with each sample.
    async fn correct_last_seen(&self, computers: &mut [Computer]) -> Result<()> {
        let rows = sqlx::query(NEWEST).fetch(&self.readers);
        let newest: HashMap<_, _> = rows
            .map_ok(|row| (row::integer(&row, 0), row::integer(&row, 1)))
            .try_collect()
            .await?;
        for computer in computers {
            let newest_ms = newest.get(&Some(computer.id)).copied().flatten();
            let state = Arc::make_mut(&mut computer.state);
            state.last_seen_ms = state.last_seen_ms.max(newest_ms);
        }
        Ok(())
    }
}

fn computer(row: &SqliteRow) -> Computer {
    let id = row::integer(row, 0).unwrap_or_default();
    Computer {
        id,
        name: row::text(row, 1).unwrap_or_default(),
        url: row::text(row, 2).unwrap_or_default(),
        token: row::text(row, 3).unwrap_or_default(),
        polled: row::integer(row, 4) != Some(0),
        tags: row::text(row, 15).as_deref().map(apart).unwrap_or_default(),
        note: row::text(row, 16).map(cut_note).unwrap_or_default(),
        tls_sha256: row::text(row, 22),
        state: Arc::new(ComputerState {
            id,
            status: status(row::text(row, 5)),
            reason: row::text(row, 6).as_deref().map(Reason::from_json),
            since_ms: row::integer(row, 7),
            last_seen_ms: row::integer(row, 8),
            facts: facts(row),
            complete: complete(row),
            assessment: assessment(row),
        }),
    }
}

/// Tags as they are stored; no tag contains a comma.
fn in_a_row(tags: &[String]) -> String {
    tags.join(",")
}

/// Reads no more than the server accepts: another program may have inserted the computer.
fn apart(tags: &str) -> Vec<String> {
    let tags = tags.split(',').map(str::trim);
    tags.filter(|tag| !tag.is_empty())
        .map(|tag| cut(tag, MAX_TAG))
        .take(MAX_TAGS)
        .collect()
}

fn cut_note(note: String) -> String {
    if note.len() <= MAX_NOTE {
        return note;
    }
    cut(&note, MAX_NOTE)
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

fn status(word: Option<String>) -> Status {
    match word.as_deref() {
        Some("online") => Status::Online,
        _ => Status::Offline,
    }
}

fn facts(row: &SqliteRow) -> Facts {
    Facts {
        hostname: row::text(row, 9),
        system: row::text(row, 10),
        os: row::text(row, 11),
        kernel: row::text(row, 12),
        agent_version: row::text(row, 13),
        boot_time_s: row::real(row, 14),
        boot_id: row::text(row, 17),
        agent_run: row::text(row, 18),
    }
}

/// A computer that no server has polled yet has none.
fn assessment(row: &SqliteRow) -> Assessment {
    let stored = row::text(row, 23);
    stored
        .and_then(|stored| serde_json::from_str(&stored).ok())
        .unwrap_or_default()
}

fn complete(row: &SqliteRow) -> Option<Complete> {
    Some(Complete {
        run: row::text(row, 19)?,
        sequence: row::integer(row, 20)?,
        at_ms: row::integer(row, 21)?,
    })
}
