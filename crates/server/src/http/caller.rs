//! Who asks: the account behind a session's cookie, or behind a token in `Authorization: Bearer`.

use super::App;
use super::error::ApiResult;
use super::peer::Peer;
use super::problem::Problem;
use crate::ops::clock;
use crate::people::accounts::{ApiToken, IDLE_MS, SessionId};
use crate::people::audit::Actor;
use http::HeaderMap;
use muster_store::{SessionKey, TokenAccess, User};
use std::net::IpAddr;

/// A use is noted at most once in so long.
const TOUCH_EVERY_MS: i64 = 60_000;

/// By what somebody is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A browser's session.
    Session(SessionKey),
    /// A script's token.
    Token(KnownToken),
}

/// A script's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownToken {
    /// What it is stored under.
    key: SessionKey,
    /// What its owner calls it.
    name: String,
    /// What it may do.
    pub access: TokenAccess,
}

/// Whoever signed in; every controller behind `Access::Session` or more may ask for it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// By what it is known.
    pub credential: Credential,
    /// Whether nothing but a change of the password is allowed.
    pub must_change_password: bool,
    /// From where.
    pub address: IpAddr,
}

impl Caller {
    /// The session, for what makes no sense without one.
    ///
    /// # Errors
    /// That a token is none.
    pub fn session(&self) -> ApiResult<SessionKey> {
        match self.credential {
            Credential::Session(key) => Ok(key),
            Credential::Token(_) => Err(Problem::BrowserOnly.into()),
        }
    }

    /// Whom the audit log names.
    #[must_use]
    pub fn who(&self) -> Actor {
        let token = match &self.credential {
            Credential::Session(_) => None,
            Credential::Token(token) => Some(token.name.clone()),
        };
        Actor {
            account: Some(self.user.username.clone()),
            token,
            address: Some(self.address.to_string()),
        }
    }
}

/// Who asks, as far as the request's headers tell. A bearer token that is not shaped like one of ours was put
/// there by somebody in between, and says nothing.
///
/// # Errors
/// What the database said.
pub async fn caller(app: &App, headers: &HeaderMap, peer: Peer) -> ApiResult<Option<Caller>> {
    let found = match ApiToken::from_headers(headers) {
        Some(token) => holder(app, &token).await?,
        None => visitor(app, SessionId::from_headers(headers)).await?,
    };
    Ok(found.map(|(user, credential)| Caller {
        must_change_password: user.default_password && !(app.loopback_only && peer.local),
        user,
        credential,
        address: peer.address,
    }))
}

async fn holder(app: &App, token: &ApiToken) -> ApiResult<Option<(User, Credential)>> {
    let key = app.session_keys.token_key(token);
    let Some(holder) = app.store.token_holder(&key).await? else {
        return Ok(None);
    };
    let now_ms = clock::now_ms();
    if now_ms - holder.used_ms.unwrap_or(0) > TOUCH_EVERY_MS {
        note(app.store.touch_token(&key, now_ms).await);
    }
    let token = KnownToken {
        key,
        name: holder.name,
        access: holder.access,
    };
    Ok(Some((holder.user, Credential::Token(token))))
}

async fn visitor(app: &App, id: Option<SessionId>) -> ApiResult<Option<(User, Credential)>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let key = app.session_keys.key(&id);
    let now_ms = clock::now_ms();
    let Some(session) = app.store.session(&key, now_ms - IDLE_MS).await? else {
        return Ok(None);
    };
    if now_ms - session.used_ms > TOUCH_EVERY_MS {
        note(app.store.touch_session(&key, now_ms).await);
    }
    Ok(Some((session.user, Credential::Session(key))))
}

/// A database that cannot be written still lets people look.
fn note(touched: muster_store::Result<()>) {
    if let Err(error) = touched {
        tracing::warn!(%error, "that somebody was here cannot be noted");
    }
}

/// Whether a credential was ended or revoked. A database that does not answer ends none.
pub async fn has_ended(app: &App, credential: &Credential) -> bool {
    match credential {
        Credential::Session(key) => {
            let found = app.store.session(key, clock::now_ms() - IDLE_MS).await;
            matches!(found, Ok(None))
        }
        Credential::Token(token) => {
            matches!(app.store.token_holder(&token.key).await, Ok(None))
        }
    }
}
