//! All accounts, for administrators.

use super::PeopleDone;
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::problem::Problem;
use crate::http::vocabulary;
use crate::people::accounts::{check_new_password, clean_username};
use crate::people::audit::{Action, AuditEvent, Detail};
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use muster_store::{NewUser, Role, User};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new account.
#[derive(Deserialize, ToSchema)]
pub struct AccountInput {
    /// The user name: 1 to 64 visible characters.
    username: String,
    /// At least 8 characters, at most 1,024 bytes.
    password: String,
    /// `administrator` or `viewer`.
    #[schema(value_type = vocabulary::Role)]
    role: String,
}

/// Changes of an account; omitted fields keep their values.
#[derive(Deserialize, ToSchema)]
pub struct AccountChange {
    /// `administrator` or `viewer`.
    #[schema(value_type = Option<vocabulary::Role>)]
    role: Option<String>,
    /// A new password; ends all sessions and API tokens of the account.
    password: Option<String>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountEntry {
    /// The account's id.
    id: i64,
    /// The user name.
    username: String,
    /// `administrator` or `viewer`.
    #[schema(value_type = vocabulary::Role)]
    role: &'static str,
    /// Whether it still has the default password.
    default_password: bool,
    /// When it was created, in UTC.
    #[schema(example = "2026-11-23 22:12:44")]
    created_at: String,
    /// When one of its current sessions or API tokens was last used, in Unix milliseconds.
    used_ms: Option<i64>,
    /// Whether it is the account that sent the request.
    is_self: bool,
}

/// All accounts.
#[derive(Serialize, ToSchema)]
pub struct AccountList {
    /// Sorted by name.
    accounts: Vec<AccountEntry>,
}

/// The account that was created.
#[derive(Serialize, ToSchema)]
pub struct NewAccount {
    /// The account's id.
    id: i64,
    /// What was done, in English.
    message: String,
}

/// All accounts
#[utoipa::path(
    get,
    path = "/api/accounts",
    responses((status = 200, body = AccountList))
)]
pub async fn accounts(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> ApiResult<Json<AccountList>> {
    let uses: HashMap<i64, i64> = app.store.last_uses().await?.into_iter().collect();
    let entry = |user: User| AccountEntry {
        used_ms: uses.get(&user.id).copied(),
        is_self: user.id == caller.user.id,
        id: user.id,
        username: user.username,
        role: user.role.as_str(),
        default_password: user.default_password,
        created_at: user.created_at,
    };
    let users = app.store.users().await?;
    Ok(Json(AccountList {
        accounts: users.into_iter().map(entry).collect(),
    }))
}

/// Create an account
#[utoipa::path(
    post,
    path = "/api/accounts",
    request_body = AccountInput,
    responses(
        (status = 201, body = NewAccount),
        (status = 400, description = "a field is missing or invalid", body = ErrorBody),
        (status = 409, description = "the name is taken", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
        (status = 503, description = "too many people are signing in at once; Retry-After says when to try again", body = ErrorBody),
    )
)]
pub async fn add_account(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    input: Result<Json<AccountInput>, JsonRejection>,
) -> ApiResult<(StatusCode, Json<NewAccount>)> {
    let Json(input) = input?;
    let (username, role) = (clean_username(&input.username)?, parse_role(&input.role)?);
    check_new_password(&input.password)?;
    let user = NewUser {
        username,
        password_hash: app.passwords.hash(input.password).await?,
        role,
        default_password: false,
    };
    let id = app.store.add_user(&user).await?;
    tracing::info!(by = %caller.user.username, username = %user.username, role = role.as_str(), "created an account");
    let made = AuditEvent::new(Action::AccountAdded).on_subject(&user.username);
    app.audit
        .record(caller.to_actor(), made.with_detail(Detail::role(role)))
        .await;
    let message = format!("{} can sign in now.", user.username);
    Ok((StatusCode::CREATED, Json(NewAccount { id, message })))
}

/// Change the role or password of an account
#[utoipa::path(
    patch,
    path = "/api/accounts/{id}",
    params(("id" = i64, Path, description = "the account")),
    request_body = AccountChange,
    responses(
        (status = 200, body = PeopleDone),
        (status = 400, description = "a field is invalid, or none is given", body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "it is the last administrator", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
        (status = 503, description = "too many people are signing in at once; Retry-After says when to try again", body = ErrorBody),
    )
)]
pub async fn change_account(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
    input: Result<Json<AccountChange>, JsonRejection>,
) -> ApiResult<Json<PeopleDone>> {
    let (Path(id), Json(input)) = (id.map_err(|_| Problem::AccountNotFound)?, input?);
    if input.role.is_none() && input.password.is_none() {
        let fields = vec!["role", "password"];
        return Err(Problem::NothingToChange { fields }.into());
    }
    // Check everything before changing anything.
    let role = input.role.as_deref().map(parse_role).transpose()?;
    input
        .password
        .as_deref()
        .map_or(Ok(()), check_new_password)?;
    let username = find_username(&app, id).await?;
    if let Some(role) = role {
        ensure_found(app.store.set_role(id, role).await?)?;
        tracing::info!(by = %caller.user.username, %username, role = role.as_str(), "changed a role");
        let changed = AuditEvent::new(Action::RoleChanged).on_subject(&username);
        app.audit
            .record(caller.to_actor(), changed.with_detail(Detail::role(role)))
            .await;
    }
    if let Some(password) = input.password {
        let hash = app.passwords.hash(password).await?;
        ensure_found(app.store.set_password(id, &hash, false, None).await?)?;
        tracing::info!(by = %caller.user.username, %username, "set a password");
        let set = AuditEvent::new(Action::PasswordSet).on_subject(&username);
        app.audit.record(caller.to_actor(), set).await;
    }
    app.notify_sessions_ended();
    Ok(PeopleDone::answer(format!("{username} is changed.")))
}

/// Remove an account and end its sessions and API tokens
#[utoipa::path(
    delete,
    path = "/api/accounts/{id}",
    params(("id" = i64, Path, description = "the account")),
    responses(
        (status = 200, body = PeopleDone),
        (status = 404, body = ErrorBody),
        (status = 409, description = "it is the last administrator", body = ErrorBody),
    )
)]
pub async fn remove_account(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<PeopleDone>> {
    let Path(id) = id.map_err(|_| Problem::AccountNotFound)?;
    let username = find_username(&app, id).await?;
    ensure_found(app.store.remove_user(id).await?)?;
    app.notify_sessions_ended();
    tracing::info!(by = %caller.user.username, %username, "removed an account");
    let removed = AuditEvent::new(Action::AccountRemoved).on_subject(&username);
    app.audit.record(caller.to_actor(), removed).await;
    Ok(PeopleDone::answer(format!("{username} is removed.")))
}

fn parse_role(word: &str) -> Result<Role, Problem> {
    let expected = "administrator or viewer";
    Role::from_word(word).ok_or_else(|| Problem::invalid_value("role", expected))
}

fn ensure_found(found: bool) -> Result<(), Problem> {
    found.then_some(()).ok_or(Problem::AccountNotFound)
}

async fn find_username(app: &App, id: i64) -> ApiResult<String> {
    let users = app.store.users().await?;
    let user = users.into_iter().find(|user| user.id == id);
    Ok(user.ok_or(Problem::AccountNotFound)?.username)
}
