//! `muster computer …`: manages computers.

use super::user::read_secret;
use crate::config::ComputerCommand;
use crate::ops::clock;
use crate::people::audit::{Action, AuditEvent, Detail, record_command};
use crate::people::labels::{clean_name, clean_note, clean_tags};
use crate::poll::address::{AgentAddress, Fingerprint, check_pin, clean_token};
use crate::poll::roster::KEEP_REMOVED_MS;
use crate::text::{condition_text, reason_text};
use anyhow::bail;
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{
    Computer, ComputerState, Computers as _, Condition, Error, EventKind, Events as _, NewComputer,
    Reason, Status,
};
use std::path::Path;

pub async fn run(path: &Path, command: ComputerCommand) -> anyhow::Result<()> {
    let missing = match command {
        ComputerCommand::Add { .. } => Missing::Create,
        _ => Missing::Refuse,
    };
    let store = SqliteStore::open(path, missing).await?;
    let result = match command {
        ComputerCommand::Add {
            name,
            url,
            tls_sha256,
            tags,
            note,
        } => add(&store, (&name, &url, tls_sha256.as_deref()), (&tags, &note)).await,
        ComputerCommand::List => list(&store).await,
        ComputerCommand::Remove { name } => remove(&store, &name).await,
        ComputerCommand::Restore { name, new_name } => restore(&store, &name, new_name).await,
    };
    store.close().await;
    result
}

async fn add(
    store: &SqliteStore,
    (name, url, tls_sha256): (&str, &str, Option<&str>),
    (tags, note): (&[String], &str),
) -> anyhow::Result<()> {
    let address = AgentAddress::parse(url)?;
    let pin = match tls_sha256 {
        Some(text) => Some(Fingerprint::parse(text)?),
        None => address.pin,
    };
    check_pin(&address.url, pin)?;
    let computer = NewComputer {
        name: clean_name(name)?,
        url: address.url,
        tls_sha256: pin.map(|pin| pin.to_string()),
        tags: clean_tags(tags)?,
        note: clean_note(note)?,
        ..NewComputer::default()
    };
    let token = match (address.token, std::env::var("MUSTER_TOKEN")) {
        (Some(token), _) => token,
        (None, Ok(token)) if !token.is_empty() => token,
        _ => read_secret("Token of the agent: ")?,
    };
    let computer = NewComputer {
        token: clean_token(&token)?,
        ..computer
    };
    store.add_computer(&computer).await?;
    let added = AuditEvent::new(Action::ComputerAdded).on_subject(&computer.name);
    record_command(store, added.with_detail(Detail::url(&computer.url))).await;
    say!(
        "Added {}. A running server polls it within seconds.",
        computer.name
    );
    Ok(())
}

async fn list(store: &SqliteStore) -> anyhow::Result<()> {
    let computers = store.computers().await?;
    let widest = |text: fn(&muster_store::Computer) -> &str| {
        computers
            .iter()
            .map(|computer| text(computer).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (name_width, url_width) = (widest(|c| &c.name), widest(|c| &c.url));
    for computer in &computers {
        let seen = computer
            .state
            .last_seen_ms
            .map_or_else(|| "never seen".to_owned(), clock::to_second);
        let reason = reason(store, computer).await?;
        let reason = reason.as_ref().map(reason_text).unwrap_or_default();
        let condition = last_condition(&computer.state);
        let rest = [condition, seen, computer.tags.join(", "), reason]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>();
        say!(
            "{:name_width$}  {:url_width$}  {:7}  {}",
            computer.name,
            computer.url,
            computer.state.status.as_str(),
            rest.join("  ")
        );
    }
    if computers.is_empty() {
        say!("No computers yet. Add one: muster computer add NAME http://ADDRESS:8000");
    }
    Ok(())
}

/// The condition that the server stored last; empty if no server has assessed the computer since an upgrade.
fn last_condition(state: &ComputerState) -> String {
    let is_waiting = state.assessment.condition == Condition::Waiting;
    if is_waiting && (state.last_seen_ms.is_some() || state.reason.is_some()) {
        return String::new();
    }
    condition_text(&state.assessment)
}

/// Why a computer is down, as the server last recorded it.
async fn reason(store: &SqliteStore, computer: &Computer) -> anyhow::Result<Option<Reason>> {
    if computer.state.status != Status::Offline {
        return Ok(None);
    }
    let newest = store
        .events(Some(computer.id), i64::MAX, i64::MAX, 1)
        .await?
        .pop();
    Ok(newest
        .filter(|event| event.kind == EventKind::Offline)
        .and_then(|event| event.reason))
}

async fn remove(store: &SqliteStore, name: &str) -> anyhow::Result<()> {
    let computers = store.computers().await?;
    let Some(computer) = computers.into_iter().find(|computer| computer.name == name) else {
        bail!("there is no computer \"{name}\": `muster computer list` shows all");
    };
    store.remove_computer(computer.id, clock::now_ms()).await?;
    record_command(
        store,
        AuditEvent::new(Action::ComputerRemoved).on_subject(name),
    )
    .await;
    say!("Removed {name}. For 7 days `muster computer restore` brings it back, with its history.");
    Ok(())
}

async fn restore(store: &SqliteStore, name: &str, new_name: Option<String>) -> anyhow::Result<()> {
    let new_name = new_name.map(|name| clean_name(&name)).transpose()?;
    let since_ms = clock::now_ms() - KEEP_REMOVED_MS;
    let removed = store.removed_computers(since_ms).await?;
    let found = removed.iter().find(|removed| removed.name == name);
    let Some(found) = found else {
        let names: Vec<_> = removed
            .iter()
            .map(|removed| removed.name.as_str())
            .collect();
        let there = if names.is_empty() {
            "there is none".to_owned()
        } else {
            format!("there are: {}", names.join(", "))
        };
        bail!("no computer \"{name}\" was removed within the last 7 days; {there}");
    };
    let restored = store
        .restore_computer(found.id, since_ms, new_name.as_deref())
        .await;
    if let Err(Error::NameTaken(taken)) = &restored {
        bail!("another computer has the name \"{taken}\" now: choose another one with --new-name");
    }
    let name = restored?.unwrap_or_else(|| name.to_owned());
    record_command(
        store,
        AuditEvent::new(Action::ComputerRestored).on_subject(&name),
    )
    .await;
    say!("{name} is back. A running server polls it within seconds.");
    Ok(())
}
