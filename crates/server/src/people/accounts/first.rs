//! The first account of an empty database, and the warning for as long as its password is the default.

use super::{PasswordError, Passwords};
use crate::config::Secrets;
use crate::people::audit::{Action, Deed, Detail, note_command};
use muster_store::{Accounts, Audit, NewUser, Role};

/// The first account's name where the environment gives none.
pub const DEFAULT_USERNAME: &str = "admin";
/// The first account's password where the environment gives none. Everybody knows it.
pub const DEFAULT_PASSWORD: &str = "admin123";

/// Makes the first account where there is none, and warns of accounts that still have the password that
/// everybody knows.
///
/// # Errors
/// What the database said.
pub async fn ensure_first_account(
    accounts: &(impl Accounts + Audit + ?Sized),
    passwords: &Passwords,
    secrets: &Secrets,
) -> anyhow::Result<()> {
    if accounts.users().await?.is_empty() {
        let user = first_account(passwords, secrets).await?;
        if accounts.add_first_user(&user).await? {
            tracing::info!(username = %user.username, "made the first account");
            let made = Deed::of(Action::AccountAdded).on(&user.username);
            note_command(accounts, made.with(Detail::role(user.role))).await;
        }
    }
    for user in accounts.users().await? {
        if user.default_password {
            tracing::warn!(
                username = %user.username,
                "this account has the default password, which everybody knows: sign in and change it, \
                 or run `muster user passwd {}`", user.username
            );
        }
    }
    Ok(())
}

async fn first_account(passwords: &Passwords, secrets: &Secrets) -> anyhow::Result<NewUser> {
    let username = secrets
        .admin_username
        .as_deref()
        .unwrap_or(DEFAULT_USERNAME);
    let username = super::clean_username(username)
        .map_err(|error| anyhow::anyhow!("ADMIN_USERNAME will not do: {error}"))?;
    let password = secrets
        .admin_password
        .as_deref()
        .unwrap_or(DEFAULT_PASSWORD);
    let default_password = password == DEFAULT_PASSWORD;
    match super::check_new_password(password) {
        Err(PasswordError::Short) => {
            tracing::warn!("ADMIN_PASSWORD is weak: take at least 8 characters")
        }
        Err(PasswordError::Long) => anyhow::bail!("ADMIN_PASSWORD is longer than 1,024 bytes"),
        _ => {}
    }
    Ok(NewUser {
        username,
        password_hash: passwords.hash(password.to_owned()).await?,
        role: Role::Administrator,
        default_password,
    })
}
