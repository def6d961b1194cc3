//! `muster user …`: manages accounts. Passwords are never on the command line.

use crate::config::UserCommand;
use crate::people::accounts::{Passwords, check_new_password, clean_username};
use crate::people::audit::{Action, AuditEvent, Detail, record_command};
use anyhow::{Context as _, bail};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Accounts as _, NewUser, Role, User};
use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

/// Size limit of a secret from standard input, in bytes.
const MAX_INPUT: u64 = 4096;

pub async fn run(path: &Path, command: UserCommand) -> anyhow::Result<()> {
    let missing = match command {
        UserCommand::Add { .. } => Missing::Create,
        _ => Missing::Refuse,
    };
    let store = SqliteStore::open(path, missing).await?;
    let result = match command {
        UserCommand::Add { name, role } => add(&store, &name, role).await,
        UserCommand::Passwd { name } => passwd(&store, &name).await,
        UserCommand::Role { name, role } => set_role(&store, &name, role).await,
        UserCommand::List => list(&store).await,
        UserCommand::Remove { name } => remove(&store, &name).await,
    };
    store.close().await;
    result
}

async fn add(store: &SqliteStore, name: &str, role: Role) -> anyhow::Result<()> {
    let username = clean_username(name)?;
    if store.user_named(&username).await?.is_some() {
        bail!(
            "there is an account \"{username}\" already: `muster user passwd {username}` sets its password"
        );
    }
    let role = if store.users().await?.is_empty() {
        // The first account must be an administrator, since the server creates no other one.
        Role::Administrator
    } else {
        role
    };
    let user = NewUser {
        password_hash: hash(new_password()?).await?,
        username,
        role,
        default_password: false,
    };
    store.add_user(&user).await?;
    let added = AuditEvent::new(Action::AccountAdded).on_subject(&user.username);
    record_command(store, added.with_detail(Detail::role(user.role))).await;
    say!("Added {} as {}.", user.username, role.as_str());
    Ok(())
}

async fn passwd(store: &SqliteStore, name: &str) -> anyhow::Result<()> {
    let user = find(store, name).await?;
    let hash = hash(new_password()?).await?;
    store.set_password(user.id, &hash, false, None).await?;
    record_command(store, AuditEvent::new(Action::PasswordSet).on_subject(name)).await;
    say!("Changed the password of {name}. All its sessions have ended.");
    Ok(())
}

async fn set_role(store: &SqliteStore, name: &str, role: Role) -> anyhow::Result<()> {
    let user = find(store, name).await?;
    store.set_role(user.id, role).await?;
    let changed = AuditEvent::new(Action::RoleChanged).on_subject(name);
    record_command(store, changed.with_detail(Detail::role(role))).await;
    say!("{name} is {} now.", role.as_str());
    Ok(())
}

async fn list(store: &SqliteStore) -> anyhow::Result<()> {
    let users = store.users().await?;
    let width = users
        .iter()
        .map(|user| user.username.chars().count())
        .max()
        .unwrap_or(0);
    for user in &users {
        let warning = if user.default_password {
            "  has the default password"
        } else {
            ""
        };
        say!(
            "{:width$}  {:13}{warning}",
            user.username,
            user.role.as_str()
        );
    }
    if users.is_empty() {
        say!(
            "No accounts yet. The server makes the first one at its start, or: muster user add NAME"
        );
    }
    Ok(())
}

async fn remove(store: &SqliteStore, name: &str) -> anyhow::Result<()> {
    let user = find(store, name).await?;
    store.remove_user(user.id).await?;
    record_command(
        store,
        AuditEvent::new(Action::AccountRemoved).on_subject(name),
    )
    .await;
    say!("Removed {name}. All its sessions have ended.");
    Ok(())
}

async fn find(store: &SqliteStore, name: &str) -> anyhow::Result<User> {
    let user = store.user_named(name).await?;
    user.with_context(|| format!("there is no account \"{name}\": `muster user list` shows all"))
}

async fn hash(password: String) -> anyhow::Result<String> {
    Passwords::new()?.hash(password).await
}

fn new_password() -> anyhow::Result<String> {
    let password = read_secret("New password: ")?;
    check_new_password(&password)?;
    if std::io::stdin().is_terminal() && read_secret("Once more: ")? != password {
        bail!("the two passwords differ");
    }
    Ok(password)
}

/// Prompts for a secret without echo, or reads the first line of standard input if that is not a terminal.
pub fn read_secret(prompt: &str) -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(prompt)?);
    }
    let mut text = String::new();
    std::io::stdin()
        .take(MAX_INPUT)
        .read_to_string(&mut text)
        .context("cannot read standard input")?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        let wanted = prompt.trim_end_matches([':', ' ']).to_lowercase();
        bail!("standard input is empty: it must contain the {wanted} on one line");
    }
    Ok(line)
}
