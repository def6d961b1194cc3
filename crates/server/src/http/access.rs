//! Who may do what: checked here, for every route, by the decision in the list of routes.

use super::crowd::Known;
use super::error::{ApiError, ApiResult};
use super::peer::Peer;
use super::{App, routes};
use crate::accounts::{IDLE_MS, SessionId};
use crate::clock;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use muster_store::{Role, SessionKey, User};
use std::sync::Arc;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Whoever signed in, even with the password that everybody knows.
    Session,
    /// Whoever signed in.
    Viewer,
    /// An administrator.
    Administrator,
}

/// Whoever signed in; every controller behind [`Access::Session`] or more may ask for it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// The session.
    pub key: SessionKey,
    /// Whether nothing but a change of the password is allowed.
    pub must_change_password: bool,
}

/// Lets a request pass, or answers it.
pub async fn check(
    State(app): State<Arc<App>>,
    matched: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = Peer::of(&request, &app.trusted_proxies);
    request.extensions_mut().insert(peer);
    let access = routes::access_of(request.method(), matched.as_str());
    let id = SessionId::from_headers(request.headers());
    let caller = match caller(&app, id, peer).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    if let Err(refusal) = decide(access, caller.as_ref()) {
        return refusal.answer(matched.as_str());
    }
    if let Some(caller) = caller {
        if let Some(known) = request.extensions().get::<Known>() {
            known.note();
        }
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// Why a request does not pass.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    NotSignedIn,
    MustChangePassword,
    NotAllowed,
}

fn decide(access: Access, caller: Option<&Caller>) -> Result<(), Refusal> {
    if access == Access::Anyone {
        return Ok(());
    }
    let caller = caller.ok_or(Refusal::NotSignedIn)?;
    if access == Access::Session {
        return Ok(());
    }
    if caller.must_change_password {
        return Err(Refusal::MustChangePassword);
    }
    match (access, caller.user.role) {
        (Access::Administrator, Role::Viewer) => Err(Refusal::NotAllowed),
        _ => Ok(()),
    }
}

impl Refusal {
    /// A page leads on; the API says what is wrong.
    fn answer(&self, path: &str) -> Response {
        let is_page = !path.starts_with("/api/");
        match self {
            Self::NotSignedIn if is_page => found("/login"),
            Self::MustChangePassword if is_page => found("/change_password"),
            Self::NotSignedIn => {
                ApiError::new(StatusCode::UNAUTHORIZED, "Sign in first.").into_response()
            }
            Self::MustChangePassword => ApiError::new(
                StatusCode::FORBIDDEN,
                "This account has the default password: change it first, at /change_password.",
            )
            .into_response(),
            Self::NotAllowed => {
                ApiError::new(StatusCode::FORBIDDEN, "Only an administrator may do this.")
                    .into_response()
            }
        }
    }
}

/// 302, as the Flask server answered.
pub fn found(to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    *response.status_mut() = StatusCode::FOUND;
    response
}

async fn caller(app: &App, id: Option<SessionId>, peer: Peer) -> ApiResult<Option<Caller>> {
    const TOUCH_EVERY_MS: i64 = 60_000;
    let Some(id) = id else {
        return Ok(None);
    };
    let key = app.session_keys.key(&id);
    let now_ms = clock::now_ms();
    let Some(session) = app.store.session(&key, now_ms - IDLE_MS).await? else {
        return Ok(None);
    };
    if now_ms - session.used_ms > TOUCH_EVERY_MS
        && let Err(error) = app.store.touch_session(&key, now_ms).await
    {
        // A database that cannot be written still lets people look.
        tracing::warn!(%error, "a session's use cannot be noted");
    }
    let known_to_all = session.user.default_password && !(app.loopback_only && peer.local);
    Ok(Some(Caller {
        user: session.user,
        key,
        must_change_password: known_to_all,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role, must_change_password: bool) -> Caller {
        Caller {
            user: User {
                id: 1,
                username: "u".into(),
                password_hash: String::new(),
                role,
                default_password: must_change_password,
                created_at: String::new(),
            },
            key: [0; 32],
            must_change_password,
        }
    }

    #[test]
    fn decides_by_route_and_role() {
        use Access::{Administrator, Anyone, Session, Viewer};
        let admin = caller(Role::Administrator, false);
        let viewer = caller(Role::Viewer, false);
        let fresh = caller(Role::Administrator, true);
        let table = [
            (Anyone, [true, true, true, true]),
            (Session, [false, true, true, true]),
            (Viewer, [false, true, true, false]),
            (Administrator, [false, false, true, false]),
        ];
        for (access, expected) in table {
            let callers = [None, Some(&viewer), Some(&admin), Some(&fresh)];
            let allowed = callers.map(|caller| decide(access, caller).is_ok());
            assert_eq!(allowed, expected, "{access:?}");
        }
    }
}
