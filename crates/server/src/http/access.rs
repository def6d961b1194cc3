//! Access control: each route in the list says who may use it, and this middleware checks it.

use super::App;
use super::caller::{Caller, Credential, authenticate};
use super::client::Client;
use super::connection_slots::SignedInMark;
use super::pages::redirect_to;
use super::problem::Problem;
use super::return_path::login_path_for;
use crate::config::BasePath;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, Uri};
use muster_store::{Role, TokenAccess};
use std::sync::Arc;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, signed in or not.
    Anyone,
    /// Every account, even while it has the default password.
    Session,
    /// Every account.
    Viewer,
    /// Administrators.
    Administrator,
    /// Every account, even while it has the default password, but no API token.
    BrowserSession,
    /// Every account, but no API token.
    BrowserViewer,
    /// Administrators, but no API token.
    BrowserAdministrator,
}

impl Access {
    /// Whether API tokens are refused: with a stolen token one could otherwise create another token or account.
    #[must_use]
    pub fn is_for_browsers(self) -> bool {
        matches!(
            self,
            Self::BrowserSession | Self::BrowserViewer | Self::BrowserAdministrator
        )
    }

    fn allows_default_password(self) -> bool {
        matches!(self, Self::Session | Self::BrowserSession)
    }

    fn needs_administrator(self) -> bool {
        matches!(self, Self::Administrator | Self::BrowserAdministrator)
    }
}

/// What the middleware needs.
#[derive(Clone)]
pub struct AccessControl {
    pub app: Arc<App>,
    /// Finds who may use a route, by method and path.
    pub find_access: fn(&Method, &str) -> Access,
}

/// Passes a request on, or refuses it.
pub async fn check_access(
    State(control): State<AccessControl>,
    matched: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let app = &control.app;
    let client = Client::from_extensions(&request);
    let access = (control.find_access)(request.method(), matched.as_str());
    let caller = match authenticate(app, request.headers(), client).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    if let Err(refusal) = decide(access, request.method(), caller.as_ref()) {
        return refusal.into_response_for(&app.base_path, request.uri(), matched.as_str());
    }
    if let Some(caller) = caller {
        if let Some(mark) = request.extensions().get::<SignedInMark>() {
            mark.set();
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
    NotAdministrator,
    ReadOnlyToken,
    NoToken,
}

fn decide(access: Access, method: &Method, caller: Option<&Caller>) -> Result<(), Refusal> {
    if access == Access::Anyone {
        return Ok(());
    }
    let caller = caller.ok_or(Refusal::NotSignedIn)?;
    if let Credential::Token(token) = &caller.credential {
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        if token.access == TokenAccess::Read && !is_read {
            return Err(Refusal::ReadOnlyToken);
        }
        if access.is_for_browsers() {
            return Err(Refusal::NoToken);
        }
    }
    if access.allows_default_password() {
        return Ok(());
    }
    if caller.must_change_password {
        return Err(Refusal::MustChangePassword);
    }
    if access.needs_administrator() && caller.user.role != Role::Administrator {
        return Err(Refusal::NotAdministrator);
    }
    Ok(())
}

impl Refusal {
    /// A page redirects to where the user can fix it; the API says what is wrong.
    fn into_response_for(self, base: &BasePath, uri: &Uri, path: &str) -> Response {
        let is_page = !path.starts_with("/api/");
        match self {
            Self::NotSignedIn if is_page => redirect_to(&base.with(&login_path_for(uri))),
            Self::MustChangePassword if is_page => redirect_to(&base.with("/change_password")),
            Self::NotSignedIn => Problem::NotSignedIn.into_response(),
            Self::MustChangePassword => Problem::MustChangePassword.into_response(),
            Self::NotAdministrator => Problem::AdministratorsOnly.into_response(),
            Self::ReadOnlyToken => Problem::TokenReadOnly.into_response(),
            Self::NoToken => Problem::BrowserOnly.into_response(),
        }
    }
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
