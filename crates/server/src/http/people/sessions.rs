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
    /// What it is ended by; nobody signs in with it.
    id: String,
    /// When it began, in Unix milliseconds.
    created_ms: i64,
    /// When it was last used, in Unix milliseconds, to the minute.
    used_ms: i64,
    /// The address of the other end, when it began.
    address: Option<String>,
    /// What the browser calls itself.
    browser: Option<String>,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// One's own sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// The last used one first.
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
        id: id_of(&session.key),
        created_ms: session.created_ms,
        used_ms: session.used_ms,
        address: session.client.address,
        browser: session.client.browser,
    };
    let sessions = own(&app, &caller).await?.into_iter().map(entry).collect();
    Ok(Json(SessionList { sessions }))
}

/// End one of one's own sessions
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    params(("id" = String, Path, description = "the session, as the list names it")),
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
    let sessions = own(&app, &caller).await?;
    let found = sessions.iter().find(|session| id_of(&session.key) == id);
    let session = found.ok_or(Problem::SessionNotFound)?;
    app.store.end_session(&session.key).await?;
    app.sessions_ended();
    let address = session.client.address.as_deref().unwrap_or_default();
    let ended = AuditEvent::new(Action::SessionEnded).on_subject(address);
    app.audit.record(caller.who(), ended).await;
    Ok(PeopleDone::of("The session has ended."))
}

/// End all of one's own sessions but this one
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
    app.sessions_ended();
    let ended = AuditEvent::new(Action::OtherSessionsEnded);
    app.audit.record(caller.who(), ended).await;
    Ok(PeopleDone::of("All other sessions have ended."))
}

async fn own(app: &App, caller: &Caller) -> ApiResult<Vec<OpenSession>> {
    let used_after_ms = clock::now_ms() - IDLE_MS;
    Ok(app.store.sessions_of(caller.user.id, used_after_ms).await?)
}

/// Enough of the key to tell sessions apart. The key is an HMAC: it leads back to no session id.
fn id_of(key: &SessionKey) -> String {
    encode_hex(&key[..8])
}
