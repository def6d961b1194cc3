//! The audit log: who did what, from where.

use crate::Result;
use async_trait::async_trait;

/// What somebody did, to be kept. No secret is ever in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// The name of the account that did it; it outlives the account.
    pub account: Option<String>,
    /// The name of the API token that it was done with.
    pub token: Option<String>,
    /// The address from where.
    pub address: Option<String>,
    /// What was done, in the server's word for it.
    pub action: String,
    /// To what: the name of an account, a computer, a token.
    pub subject: Option<String>,
    /// More of it, as the server wrote it.
    pub detail: Option<String>,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number: later ones are greater.
    pub id: i64,
    /// What it says.
    pub entry: NewAuditEntry,
}

/// Which entries are wanted, the newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Those whose number is smaller.
    pub before_id: Option<i64>,
    /// So many, at most.
    pub limit: u32,
    /// Those of one account.
    pub account: Option<String>,
    /// Those of one action.
    pub action: Option<String>,
    /// Those that say this anywhere, whatever the case of its ASCII letters.
    pub text: Option<String>,
}

/// What of the log is too old or too much.
#[derive(Clone, Copy, Debug)]
pub struct AuditLimits<'a> {
    /// Entries of one action alone, or of all.
    pub action: Option<&'a str>,
    /// What is older goes.
    pub before_ms: i64,
    /// Of what is left so many of the newest stay.
    pub keep: u32,
}

/// Keeps what people do.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Keeps an entry.
    async fn record_audit(&self, entry: &NewAuditEntry) -> Result<()>;

    /// The newest entries that are wanted.
    async fn audit_entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>>;

    /// Deletes at most `rows` entries that are beyond the limits, the oldest first, and answers how many;
    /// zero once there are none.
    async fn delete_expired_audit(&self, limits: AuditLimits<'_>, rows: u32) -> Result<u64>;
}
