//! Who did what, from where: the one place that knows how it is noted. A handler or a command notes what it
//! did right after it did it; a note that cannot be kept is said in the log, and undoes nothing.

mod deed;
mod failures;

pub use deed::{Action, Change, Deed, Detail};

use crate::ops::clock;
use crate::upkeep::retention::Keeper;
use failures::Failures;
use muster_store::{Audit, AuditLimits, NewAuditEntry, Store};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long entries are kept.
const RETAIN_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// Entries that are kept, at most.
const MAX_ENTRIES: u32 = 100_000;
/// Of these, failed logins: strangers make them, and must not push out what others did.
const MAX_FAILURES: u32 = 10_000;
/// Entries that are deleted at once.
const ROWS: u32 = 1_000;
const LOOK_EVERY: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);
/// Where a command was given, in place of an address.
const COMMAND_LINE: &str = "command line";

/// Who does something.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// The account's name; none for whoever has the database itself.
    pub account: Option<String>,
    /// The name of the API token.
    pub token: Option<String>,
    /// From where.
    pub address: Option<String>,
}

/// The log.
pub struct AuditLog {
    store: Arc<dyn Store>,
    failures: Mutex<Failures>,
}

impl AuditLog {
    /// The log in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            failures: Mutex::default(),
        }
    }

    /// Notes what somebody did.
    pub async fn note(&self, who: Who, deed: Deed) {
        keep(self.store.as_ref(), who, deed).await;
    }

    /// Notes that somebody failed to sign in. The many failures of one network are summed up.
    pub async fn failed_sign_in(&self, username: &str, address: IpAddr) {
        let is_told = self.failures().count(address, Instant::now());
        if is_told {
            let deed = Deed::of(Action::SignInFailed).on(username);
            self.note(from(Some(address)), deed).await;
        }
    }

    /// Notes the sums of failed logins that are due, or all that there are.
    pub async fn sum_up(&self, all: bool) {
        let due = self.failures().due(Instant::now(), all);
        for (address, count) in due {
            let detail = Detail {
                count: Some(count),
                ..Detail::default()
            };
            let deed = Deed::of(Action::SignInFailed).with(detail);
            self.note(from(address), deed).await;
        }
    }

    /// Sums up, and deletes what is too old or too much, for ever.
    pub async fn keep(&self, keeper: &Keeper) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.sum_up(false).await;
            if let Err(error) = self.forget(keeper.believed_ms()).await {
                tracing::warn!(%error, "old entries of the audit log cannot be deleted yet");
            }
        }
    }

    /// Deletes what is too much, and what is too old by a clock that is believed.
    async fn forget(&self, believed_ms: Option<i64>) -> muster_store::Result<()> {
        let before_ms = believed_ms.map_or(i64::MIN, |now_ms| now_ms.saturating_sub(RETAIN_MS));
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

/// Notes what was done on the command line.
pub async fn note_command(store: &(impl Audit + ?Sized), deed: Deed) {
    let who = Who {
        address: Some(COMMAND_LINE.to_owned()),
        ..Who::default()
    };
    keep(store, who, deed).await;
}

fn from(address: Option<IpAddr>) -> Who {
    Who {
        address: address.map(|address| address.to_string()),
        ..Who::default()
    }
}

async fn keep(store: &(impl Audit + ?Sized), who: Who, deed: Deed) {
    let action = deed.action.as_str();
    let entry = NewAuditEntry {
        at_ms: clock::now_ms(),
        account: who.account,
        token: who.token,
        address: who.address,
        action: action.to_owned(),
        detail: deed.written_detail(),
        subject: deed.subject,
    };
    if let Err(error) = store.record_audit(&entry).await {
        tracing::error!(%error, action, account = ?entry.account, subject = ?entry.subject, "the audit log cannot be written: this is missing in it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_store::AuditQuery;
    use muster_store::sqlite::{Missing, SqliteStore};

    #[tokio::test]
    async fn what_is_older_than_a_year_goes_and_nothing_where_the_clock_is_not_believed() {
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
        log.forget(None).await.unwrap();
        assert_eq!(kept().await.len(), 2);
        log.forget(Some(now_ms)).await.unwrap();
        assert_eq!(kept().await, [now_ms]);
    }
}
