//! One's own API tokens.

use super::PeopleDone;
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::problem::Problem;
use crate::http::vocabulary;
use crate::ops::clock;
use crate::people::accounts::ApiToken;
use crate::people::audit::{Action, AuditEvent, Detail};
use crate::people::labels::clean_name;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use muster_store::{NewToken, Token, TokenAccess};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A new API token.
#[derive(Deserialize, ToSchema)]
pub struct TokenInput {
    /// What it is for: 1 to 100 visible characters.
    name: String,
    /// `read`: it cannot change anything. `full`: it has the rights of its account.
    #[schema(value_type = vocabulary::TokenAccess)]
    access: String,
}

/// An API token; the token itself is never shown again.
#[derive(Serialize, ToSchema)]
pub struct TokenEntry {
    /// The token's id.
    id: i64,
    /// What it is for.
    name: String,
    /// `read` or `full`.
    #[schema(value_type = vocabulary::TokenAccess)]
    access: &'static str,
    /// When it was created, in Unix milliseconds.
    created_ms: i64,
    /// When it was last used, in Unix milliseconds, to the minute.
    used_ms: Option<i64>,
}

/// One's own API tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenList {
    /// Sorted by name.
    tokens: Vec<TokenEntry>,
}

/// The API token that was created.
#[derive(Serialize, ToSchema)]
pub struct NewTokenView {
    /// The token's id.
    id: i64,
    /// What it is for.
    name: String,
    /// `read` or `full`.
    #[schema(value_type = vocabulary::TokenAccess)]
    access: &'static str,
    /// The token itself, shown only this once.
    token: String,
}

/// One's own API tokens
#[utoipa::path(
    get,
    path = "/api/tokens",
    responses((status = 200, body = TokenList))
)]
pub async fn tokens(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> ApiResult<Json<TokenList>> {
    let entry = |token: Token| TokenEntry {
        id: token.id,
        name: token.name,
        access: token.access.as_str(),
        created_ms: token.created_ms,
        used_ms: token.used_ms,
    };
    let tokens = app.store.tokens_of(caller.user.id).await?;
    Ok(Json(TokenList {
        tokens: tokens.into_iter().map(entry).collect(),
    }))
}

/// Create an API token
///
/// It works in `Authorization: Bearer` on every route below `/api/`, with the rights of the account that created it,
/// until it is revoked or an administrator sets a new password for the account.
#[utoipa::path(
    post,
    path = "/api/tokens",
    request_body = TokenInput,
    responses(
        (status = 201, body = NewTokenView),
        (status = 400, description = "a field is missing or invalid", body = ErrorBody),
        (status = 409, description = "the name is taken, or there are 100 already", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
pub async fn add_token(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    input: Result<Json<TokenInput>, JsonRejection>,
) -> ApiResult<(StatusCode, Json<NewTokenView>)> {
    let Json(input) = input?;
    let access = TokenAccess::from_word(&input.access)
        .ok_or_else(|| Problem::invalid_value("access", "read or full"))?;
    let wanted = NewToken {
        user: caller.user.clone(),
        name: clean_name(&input.name)?,
        access,
    };
    let token = ApiToken::random()?;
    let key = app.session_keys.token_key(&token);
    let added = app.store.add_token(&wanted, &key, clock::now_ms()).await?;
    let id = added.ok_or(Problem::PasswordChangedMeanwhile)?;
    tracing::info!(username = %caller.user.username, name = %wanted.name, access = access.as_str(), "created an API token");
    let detail = Detail {
        access: Some(access.as_str().to_owned()),
        ..Detail::default()
    };
    let made = AuditEvent::new(Action::TokenMade)
        .on_subject(&wanted.name)
        .with_detail(detail);
    app.audit.record(caller.to_actor(), made).await;
    let view = NewTokenView {
        id,
        name: wanted.name,
        access: access.as_str(),
        token: token.reveal(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Revoke one of one's own API tokens
#[utoipa::path(
    delete,
    path = "/api/tokens/{id}",
    params(("id" = i64, Path, description = "the token")),
    responses(
        (status = 200, body = PeopleDone),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn revoke_token(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<PeopleDone>> {
    let Path(id) = id.map_err(|_| Problem::TokenNotFound)?;
    let revoked = app.store.revoke_token(caller.user.id, id).await?;
    let name = revoked.ok_or(Problem::TokenNotFound)?;
    app.notify_sessions_ended();
    tracing::info!(username = %caller.user.username, %name, "revoked an API token");
    let revoked = AuditEvent::new(Action::TokenRevoked).on_subject(&name);
    app.audit.record(caller.to_actor(), revoked).await;
    Ok(PeopleDone::answer("The token is revoked."))
}
