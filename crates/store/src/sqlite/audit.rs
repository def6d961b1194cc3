//! The audit log.

use super::{SqliteStore, row};
use crate::{Audit, AuditEntry, AuditLimits, AuditQuery, NewAuditEntry, Result};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

/// The newest first, by number. `instr` and not LIKE, because the text has no wildcards.
pub(super) const NEWEST: &str = "SELECT id, at_ms, account, token, address, action, subject, detail \
    FROM audit WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR account = ?2) \
    AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR instr(lower(concat_ws(char(10), \
        account, token, address, action, subject, detail)), lower(?4)) > 0) \
    ORDER BY id DESC LIMIT ?5";

/// The oldest by number. A clock that was set back can leave an old moment behind newer ones: such an entry is
/// deleted with those before it.
pub(super) const FORGET: &str = "DELETE FROM audit WHERE id IN (SELECT id FROM audit \
    WHERE (?1 IS NULL OR action = ?1) AND (at_ms < ?2 OR id <= coalesce( \
        (SELECT id FROM audit WHERE ?1 IS NULL OR action = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3), -1)) \
    ORDER BY id LIMIT ?4)";

#[async_trait]
impl Audit for SqliteStore {
    async fn record_audit(&self, entry: &NewAuditEntry) -> Result<()> {
        sqlx::query(
            "INSERT INTO audit (at_ms, account, token, address, action, subject, detail) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(entry.at_ms)
        .bind(&entry.account)
        .bind(&entry.token)
        .bind(&entry.address)
        .bind(&entry.action)
        .bind(&entry.subject)
        .bind(&entry.detail)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn audit_entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let rows = sqlx::query(NEWEST)
            .bind(query.before_id)
            .bind(&query.account)
            .bind(&query.action)
            .bind(&query.text)
            .bind(query.limit)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.iter().map(entry).collect())
    }

    async fn delete_expired_audit(&self, limits: AuditLimits<'_>, rows: u32) -> Result<u64> {
        let forgotten = sqlx::query(FORGET)
            .bind(limits.action)
            .bind(limits.before_ms)
            .bind(limits.keep)
            .bind(rows.max(1))
            .execute(&self.writer)
            .await?;
        Ok(forgotten.rows_affected())
    }
}

fn entry(row: &SqliteRow) -> AuditEntry {
    AuditEntry {
        id: row::integer(row, 0).unwrap_or_default(),
        entry: NewAuditEntry {
            at_ms: row::integer(row, 1).unwrap_or_default(),
            account: row::text(row, 2),
            token: row::text(row, 3),
            address: row::text(row, 4),
            action: row::text(row, 5).unwrap_or_default(),
            subject: row::text(row, 6),
            detail: row::text(row, 7),
        },
    }
}
