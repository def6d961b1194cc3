//! One's own sessions.

use super::PeopleDone;
use crate::http::App;
use crate::http::caller::{Caller, Credential};
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::problem::Problem;
use crate::ops::clock;
use crate::people::accounts::{IDLE_MS, encode_hex};
use crate::people::audit::{Action, AuditEvent};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use muster_store::{OpenSession, SessionKey};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionEntry {
    /// The id for ending the session. It cannot be used to sign in.
    id: String,
    /// When it began, in Unix milliseconds.
    created_ms: i64,
    /// When it was last used, in Unix milliseconds, to the minute.
    used_ms: i64,
    /// The client's address when it began.
    address: Option<String>,
    /// The browser's User-Agent.
    browser: Option<String>,
    /// Whether it is the session that sent the request.
    is_current: bool,
}

/// One's own sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// Last used first.
    sessions: Vec<SessionEntry>,
}

/// One's own sessions
#[utoipa::path(
    get,
    path = "/api/sessions",
    responses((status = 200, body = SessionList))
)]
pub async fn sessions(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> ApiResult<Json<SessionList>> {
    let entry = |session: OpenSession| SessionEntry {
        is_current: caller.credential == Credential::Session(session.key),
        id: short_id(&session.key),
        created_ms: session.created_ms,
        used_ms: session.used_ms,
        address: session.client.address,
        browser: session.client.browser,
    };
    let sessions = list_own_sessions(&app, &caller)
        .await?
        .into_iter()
        .map(entry)
        .collect();
    Ok(Json(SessionList { sessions }))
}

/// End one of one's own sessions
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    params(("id" = String, Path, description = "the session's id in the list")),
    responses(
        (status = 200, body = PeopleDone),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn end_session(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult<Json<PeopleDone>> {
    let sessions = list_own_sessions(&app, &caller).await?;
    let found = sessions.iter().find(|session| short_id(&session.key) == id);
    let session = found.ok_or(Problem::SessionNotFound)?;
    app.store.end_session(&session.key).await?;
    app.notify_sessions_ended();
    let address = session.client.address.as_deref().unwrap_or_default();
    let ended = AuditEvent::new(Action::SessionEnded).on_subject(address);
    app.audit.record(caller.to_actor(), ended).await;
    Ok(PeopleDone::answer("The session has ended."))
}

/// End all of one's own other sessions
#[utoipa::path(
    delete,
    path = "/api/sessions",
    responses((status = 200, body = PeopleDone))
)]
pub async fn end_other_sessions(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> ApiResult<Json<PeopleDone>> {
    let keep = caller.session()?;
    app.store.end_other_sessions(caller.user.id, &keep).await?;
    app.notify_sessions_ended();
    let ended = AuditEvent::new(Action::OtherSessionsEnded);
    app.audit.record(caller.to_actor(), ended).await;
    Ok(PeopleDone::answer("All other sessions have ended."))
}

async fn list_own_sessions(app: &App, caller: &Caller) -> ApiResult<Vec<OpenSession>> {
    let used_after_ms = clock::now_ms() - IDLE_MS;
    Ok(app.store.sessions_of(caller.user.id, used_after_ms).await?)
}

/// Enough of the key to tell sessions apart. The key is an HMAC, so it does not reveal the session id.
fn short_id(key: &SessionKey) -> String {
    encode_hex(&key[..8])
}
