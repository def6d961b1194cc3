//! Who may do what: checked here, for every route, by the decision in the list of routes.

use super::caller::{Caller, Credential, caller};
use super::crowd::Known;
use super::peer::Peer;
use super::problem::Problem;
use super::{App, next, routes};
use crate::config::BasePath;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{Method, StatusCode, Uri};
use muster_store::{Role, TokenAccess};
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
    /// Whoever signed in in a browser, even with the password that everybody knows: no token.
    BrowserSession,
    /// Whoever signed in in a browser: no token.
    BrowserViewer,
    /// An administrator who signed in in a browser: no token.
    BrowserAdministrator,
}

impl Access {
    /// Whether a token, which may be stolen, is refused: with these it could make itself permanent.
    #[must_use]
    pub fn is_for_browsers(self) -> bool {
        matches!(
            self,
            Self::BrowserSession | Self::BrowserViewer | Self::BrowserAdministrator
        )
    }

    fn takes_any_session(self) -> bool {
        matches!(self, Self::Session | Self::BrowserSession)
    }

    fn needs_administrator(self) -> bool {
        matches!(self, Self::Administrator | Self::BrowserAdministrator)
    }
}

/// Lets a request pass, or answers it.
pub async fn check(
    State(app): State<Arc<App>>,
    matched: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = Peer::known(&request);
    let access = routes::access_of(request.method(), matched.as_str());
    let caller = match caller(&app, request.headers(), peer).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    if let Err(refusal) = decide(access, request.method(), caller.as_ref()) {
        return refusal.answer(&app.base_path, request.uri(), matched.as_str());
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
    ReadOnly,
    NoToken,
}

fn decide(access: Access, method: &Method, caller: Option<&Caller>) -> Result<(), Refusal> {
    if access == Access::Anyone {
        return Ok(());
    }
    let caller = caller.ok_or(Refusal::NotSignedIn)?;
    if let Credential::Token(token) = &caller.credential {
        let is_looking = matches!(*method, Method::GET | Method::HEAD);
        if token.access == TokenAccess::Read && !is_looking {
            return Err(Refusal::ReadOnly);
        }
        if access.is_for_browsers() {
            return Err(Refusal::NoToken);
        }
    }
    if access.takes_any_session() {
        return Ok(());
    }
    if caller.must_change_password {
        return Err(Refusal::MustChangePassword);
    }
    if access.needs_administrator() && caller.user.role != Role::Administrator {
        return Err(Refusal::NotAllowed);
    }
    Ok(())
}

impl Refusal {
    /// A page leads on; the API says what is wrong.
    fn answer(&self, base: &BasePath, uri: &Uri, path: &str) -> Response {
        let is_page = !path.starts_with("/api/");
        match self {
            Self::NotSignedIn if is_page => found(&base.with(&next::login_for(uri))),
            Self::MustChangePassword if is_page => found(&base.with("/change_password")),
            Self::NotSignedIn => Problem::NotSignedIn.into_response(),
            Self::MustChangePassword => Problem::MustChangePassword.into_response(),
            Self::NotAllowed => Problem::AdministratorsOnly.into_response(),
            Self::ReadOnly => Problem::TokenReadOnly.into_response(),
            Self::NoToken => Problem::BrowserOnly.into_response(),
        }
    }
}

/// 302, as the Flask server answered.
pub fn found(to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    *response.status_mut() = StatusCode::FOUND;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_store::User;

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
            credential: Credential::Session([0; 32]),
            must_change_password,
            address: [127, 0, 0, 1].into(),
        }
    }

    #[test]
    fn decides_by_route_and_role() {
        use Access::{
            Administrator, Anyone, BrowserAdministrator, BrowserSession, BrowserViewer, Session,
            Viewer,
        };
        let admin = caller(Role::Administrator, false);
        let viewer = caller(Role::Viewer, false);
        let fresh = caller(Role::Administrator, true);
        let table = [
            (Anyone, [true, true, true, true]),
            (Session, [false, true, true, true]),
            (Viewer, [false, true, true, false]),
            (Administrator, [false, false, true, false]),
            (BrowserSession, [false, true, true, true]),
            (BrowserViewer, [false, true, true, false]),
            (BrowserAdministrator, [false, false, true, false]),
        ];
        for (access, expected) in table {
            let callers = [None, Some(&viewer), Some(&admin), Some(&fresh)];
            let allowed = callers.map(|caller| decide(access, &Method::POST, caller).is_ok());
            assert_eq!(allowed, expected, "{access:?}");
        }
    }
}
