//! Creates the first account, and warns about accounts with the default password.

use super::{PasswordError, Passwords};
use crate::config::Secrets;
use crate::people::audit::{Action, AuditEvent, Detail, record_command};
use muster_store::{Accounts, Audit, NewUser, Role};

/// Name of the first account, unless `ADMIN_USERNAME` is set.
pub const DEFAULT_USERNAME: &str = "admin";
/// Password of the first account, unless `ADMIN_PASSWORD` is set. It is publicly known.
pub const DEFAULT_PASSWORD: &str = "admin123";

/// Creates the first account if there is none, and warns about accounts with the default password.
///
/// # Errors
/// The database cannot be read or written.
pub async fn ensure_first_account(
    accounts: &(impl Accounts + Audit + ?Sized),
    passwords: &Passwords,
    secrets: &Secrets,
) -> anyhow::Result<()> {
    if accounts.users().await?.is_empty() {
        let user = first_account(passwords, secrets).await?;
        if accounts.add_first_user(&user).await? {
            tracing::info!(username = %user.username, "created the first account");
            let made = AuditEvent::new(Action::AccountAdded).on_subject(&user.username);
            record_command(accounts, made.with_detail(Detail::role(user.role))).await;
        }
    }
    for user in accounts.users().await? {
        if user.default_password {
            tracing::warn!(
                username = %user.username,
                "this account has the well-known default password: sign in and change it, \
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
        .map_err(|error| anyhow::anyhow!("ADMIN_USERNAME is invalid: {error}"))?;
    let password = secrets
        .admin_password
        .as_deref()
        .unwrap_or(DEFAULT_PASSWORD);
    let default_password = password == DEFAULT_PASSWORD;
    match super::check_new_password(password) {
        Err(PasswordError::Short) => {
            tracing::warn!("ADMIN_PASSWORD is weak: use at least 8 characters")
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
