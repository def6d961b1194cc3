//! The audit log: who did what, from where.

use crate::Result;
use async_trait::async_trait;

/// A new entry of the audit log. It never contains a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// The name of the account, which may no longer exist.
    pub account: Option<String>,
    /// The name of the API token that was used.
    pub token: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The server's word for what was done.
    pub action: String,
    /// The name of the account, the computer or the token that it was done to.
    pub subject: Option<String>,
    /// Details in the server's format.
    pub detail: Option<String>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, which rises with time.
    pub id: i64,
    /// Its content.
    pub entry: NewAuditEntry,
}

/// A query for entries, the newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Only entries with a smaller number.
    pub before_id: Option<i64>,
    /// The maximum number of entries.
    pub limit: u32,
    /// Only entries of this account.
    pub account: Option<String>,
    /// Only entries of this action.
    pub action: Option<String>,
    /// Only entries that contain this text, ignoring the case of ASCII letters.
    pub text: Option<String>,
}

/// Limits of the log.
#[derive(Clone, Copy, Debug)]
pub struct AuditLimits<'a> {
    /// The action whose entries are limited; `None` for all.
    pub action: Option<&'a str>,
    /// Older entries are deleted.
    pub before_ms: i64,
    /// The number of newest entries that stay.
    pub keep: u32,
}

/// The audit log.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Stores an entry.
    async fn record_audit(&self, entry: &NewAuditEntry) -> Result<()>;

    /// The newest entries that match the query.
    async fn audit_entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>>;

    /// Deletes at most `rows` entries beyond the limits, the oldest first, and returns their number; zero once there
    /// are none.
    async fn delete_expired_audit(&self, limits: AuditLimits<'_>, rows: u32) -> Result<u64>;
}
