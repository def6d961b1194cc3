//! The audit log: who did what, from where. A handler or a command records an event right after the change. If the
//! event cannot be stored, the log says so, and the change stays.

mod event;
mod failures;

pub use event::{Action, AuditEvent, Change, Detail};

use crate::ops::clock;
use crate::upkeep::retention::RetentionTask;
use failures::Failures;
use muster_store::{Audit, AuditLimits, NewAuditEntry, Store};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long entries are kept.
const RETAIN_MS: i64 = 365 * clock::DAY_MS;
/// Entries that are kept, at most.
const MAX_ENTRIES: u32 = 100_000;
/// Of these, failed logins: strangers cause them, and must not push out other entries.
const MAX_FAILURES: u32 = 10_000;
/// Entries deleted per transaction.
const ROWS: u32 = 1_000;
const LOOK_EVERY: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);
/// Stands in place of an address for commands.
const COMMAND_LINE: &str = "command line";

/// Who did something.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The name of the account; `None` for commands and unknown accounts.
    pub account: Option<String>,
    /// The name of the API token.
    pub token: Option<String>,
    /// The address of the client.
    pub address: Option<String>,
}

/// The audit log.
pub struct AuditLog {
    store: Arc<dyn Store>,
    failures: Mutex<Failures>,
}

impl AuditLog {
    /// Creates the audit log of a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            failures: Mutex::default(),
        }
    }

    /// Records an event.
    pub async fn record(&self, who: Actor, event: AuditEvent) {
        write_entry(self.store.as_ref(), who, event).await;
    }

    /// Records a failed login. Further failures of the same network are only counted.
    pub async fn record_failed_sign_in(&self, username: &str, address: IpAddr) {
        let is_recorded = self.failures().count_failure(address, Instant::now());
        if is_recorded {
            let event = AuditEvent::new(Action::SignInFailed).on_subject(username);
            self.record(from(Some(address)), event).await;
        }
    }

    /// Records the counts of failed logins that are due, or all of them.
    pub async fn record_failure_sums(&self, all: bool) {
        let due = self.failures().take_due(Instant::now(), all);
        for (address, count) in due {
            let detail = Detail {
                count: Some(count),
                ..Detail::default()
            };
            let event = AuditEvent::new(Action::SignInFailed).with_detail(detail);
            self.record(from(address), event).await;
        }
    }

    /// Records counts, and deletes entries that are too old or too many, once a minute.
    pub async fn run_forever(&self, retention: &RetentionTask) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.record_failure_sums(false).await;
            if let Err(error) = self.delete_expired(retention.trusted_now_ms()).await {
                tracing::warn!(%error, "cannot delete old audit log entries yet");
            }
        }
    }

    /// Deletes surplus entries, and those that are too old by a trusted clock.
    async fn delete_expired(&self, trusted_now_ms: Option<i64>) -> muster_store::Result<()> {
        let before_ms = trusted_now_ms.map_or(i64::MIN, |now_ms| now_ms.saturating_sub(RETAIN_MS));
        let limits = |action, keep| AuditLimits {
            action,
            before_ms,
            keep,
        };
        let failures = limits(Some(Action::SignInFailed.as_str()), MAX_FAILURES);
        for limits in [failures, limits(None, MAX_ENTRIES)] {
            while self.store.delete_expired_audit(limits, ROWS).await? > 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records an event of a command.
pub async fn record_command(store: &(impl Audit + ?Sized), event: AuditEvent) {
    let who = Actor {
        address: Some(COMMAND_LINE.to_owned()),
        ..Actor::default()
    };
    write_entry(store, who, event).await;
}

fn from(address: Option<IpAddr>) -> Actor {
    Actor {
        address: address.map(|address| address.to_string()),
        ..Actor::default()
    }
}

async fn write_entry(store: &(impl Audit + ?Sized), who: Actor, event: AuditEvent) {
    let action = event.action.as_str();
    let entry = NewAuditEntry {
        at_ms: clock::now_ms(),
        account: who.account,
        token: who.token,
        address: who.address,
        action: action.to_owned(),
        detail: event.written_detail(),
        subject: event.subject,
    };
    if let Err(error) = store.record_audit(&entry).await {
        tracing::error!(%error, action, account = ?entry.account, subject = ?entry.subject, "cannot write the audit log; this event is missing");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_store::AuditQuery;
    use muster_store::sqlite::{Missing, SqliteStore};

    #[tokio::test]
    async fn entries_older_than_a_year_are_deleted_unless_the_clock_is_untrusted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stats.db");
        let store = Arc::new(SqliteStore::open(&path, Missing::Create).await.unwrap());
        let now_ms = clock::now_ms();
        for at_ms in [now_ms - RETAIN_MS - 1, now_ms] {
            let entry = NewAuditEntry {
                at_ms,
                account: None,
                token: None,
                address: None,
                action: Action::SignedOut.as_str().to_owned(),
                subject: None,
                detail: None,
            };
            store.record_audit(&entry).await.unwrap();
        }
        let kept = async || {
            let query = AuditQuery {
                limit: 9,
                ..AuditQuery::default()
            };
            let entries = store.audit_entries(&query).await.unwrap();
            entries
                .iter()
                .map(|entry| entry.entry.at_ms)
                .collect::<Vec<_>>()
        };
        let log = AuditLog::new(store.clone());
        log.delete_expired(None).await.unwrap();
        assert_eq!(kept().await.len(), 2);
        log.delete_expired(Some(now_ms)).await.unwrap();
        assert_eq!(kept().await, [now_ms]);
    }
}
