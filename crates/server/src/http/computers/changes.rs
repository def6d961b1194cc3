//! The audit log entry of a changed computer.

use crate::people::audit::{Action, AuditEvent, Change, Detail};
use muster_store::{Computer, ComputerChange};

/// Records old and new name and address, but of token, certificate, tags and note only that they changed.
pub fn describe_change(before: &Computer, change: &ComputerChange) -> AuditEvent {
    let token = change
        .token
        .as_ref()
        .is_some_and(|token| *token != before.token);
    let tags = change
        .tags
        .as_ref()
        .is_some_and(|tags| *tags != before.tags);
    let note = change
        .note
        .as_ref()
        .is_some_and(|note| *note != before.note);
    let certificate = change
        .tls_sha256
        .as_ref()
        .is_some_and(|pin| *pin != before.tls_sha256);
    let others = [
        (token, "token"),
        (certificate, "certificate"),
        (tags, "tags"),
        (note, "note"),
    ];
    let changed = others.iter().filter(|(is_changed, _)| *is_changed);
    let detail = Detail {
        name: Change::between(&before.name, change.name.as_deref()),
        url: Change::between(&before.url, change.url.as_deref()),
        changed: changed.map(|&(_, what)| what.to_owned()).collect(),
        ..Detail::default()
    };
    AuditEvent::new(Action::ComputerChanged)
        .on_subject(&before.name)
        .with_detail(detail)
}
