//! The audit log.

use muster_store::{AuditLimits, AuditQuery, NewAuditEntry, Store};

fn entry(at_ms: i64, action: &str) -> NewAuditEntry {
    NewAuditEntry {
        at_ms,
        account: Some("adam".to_owned()),
        action: action.to_owned(),
        ..NewAuditEntry::default()
    }
}

async fn moments(store: &impl Store, query: AuditQuery) -> Vec<i64> {
    let limit = if query.limit == 0 { 100 } else { query.limit };
    let found = store
        .audit_entries(&AuditQuery { limit, ..query })
        .await
        .unwrap();
    found.iter().map(|found| found.entry.at_ms).collect()
}

pub async fn what_was_done_is_read_from_the_newest_on(store: &impl Store) {
    let whole = NewAuditEntry {
        token: Some("backup".to_owned()),
        address: Some("192.0.2.7".to_owned()),
        subject: Some("web-1".to_owned()),
        detail: Some("{\"url\":\"http://100%\"}".to_owned()),
        ..entry(1, "computer_added")
    };
    store.record_audit(&whole).await.unwrap();
    for at_ms in 2..=5 {
        let done = store.record_audit(&entry(at_ms, "signed_in")).await;
        done.unwrap();
    }
    let query = AuditQuery {
        limit: 2,
        ..AuditQuery::default()
    };
    let newest = store.audit_entries(&query).await.unwrap();
    assert_eq!(newest.len(), 2);
    assert_eq!(newest[0].entry, entry(5, "signed_in"));
    let before_id = Some(newest[1].id);
    let rest = AuditQuery {
        before_id,
        ..AuditQuery::default()
    };
    assert_eq!(moments(store, rest).await, [3, 2, 1]);
    let of = |account: Option<&str>, action: Option<&str>, text: Option<&str>| AuditQuery {
        account: account.map(str::to_owned),
        action: action.map(str::to_owned),
        text: text.map(str::to_owned),
        ..AuditQuery::default()
    };
    let added = of(Some("adam"), Some("computer_added"), None);
    assert_eq!(moments(store, added).await, [1]);
    assert!(moments(store, of(Some("eve"), None, None)).await.is_empty());
    for text in ["WEB-1", "192.0.2.", "100%", "backup"] {
        assert_eq!(
            moments(store, of(None, None, Some(text))).await,
            [1],
            "{text}"
        );
    }
    assert!(
        moments(store, of(None, None, Some("a_am")))
            .await
            .is_empty()
    );
    let web = AuditQuery {
        limit: 100,
        ..of(None, None, Some("web-1"))
    };
    assert_eq!(store.audit_entries(&web).await.unwrap()[0].entry, whole);
}

pub async fn what_is_old_or_too_much_of_the_log_goes(store: &impl Store) {
    for at_ms in 1..=10 {
        let action = if at_ms % 2 == 0 { "even" } else { "odd" };
        store.record_audit(&entry(at_ms, action)).await.unwrap();
    }
    let limits = |action, before_ms, keep| AuditLimits {
        action,
        before_ms,
        keep,
    };
    let all = AuditQuery::default();
    let got = store.delete_expired_audit(limits(None, 4, 100), 2).await;
    assert_eq!(got.unwrap(), 2);
    let got = store.delete_expired_audit(limits(None, 4, 100), 2).await;
    assert_eq!(got.unwrap(), 1);
    let got = store.delete_expired_audit(limits(None, 4, 7), 2).await;
    assert_eq!(got.unwrap(), 0);
    assert_eq!(moments(store, all.clone()).await, [10, 9, 8, 7, 6, 5, 4]);
    let even = limits(Some("even"), 0, 2);
    assert_eq!(store.delete_expired_audit(even, 100).await.unwrap(), 2);
    assert_eq!(moments(store, all.clone()).await, [10, 9, 8, 7, 5]);
    let got = store.delete_expired_audit(limits(None, 0, 3), 100).await;
    assert_eq!(got.unwrap(), 2);
    assert_eq!(moments(store, all).await, [10, 9, 8]);
}
