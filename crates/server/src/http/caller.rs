//! Authentication: the account of a session cookie, or of an API token in `Authorization: Bearer`.

use super::App;
use super::client::Client;
use super::error::ApiResult;
use super::problem::Problem;
use crate::ops::clock;
use crate::people::accounts::{ApiToken, IDLE_MS, SessionId};
use crate::people::audit::Actor;
use http::HeaderMap;
use muster_store::{SessionKey, TokenAccess, User};
use std::net::IpAddr;

/// The last use of a session or token is stored at most this often.
const TOUCH_EVERY_MS: i64 = 60_000;

/// What authenticated a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A browser's session cookie.
    Session(SessionKey),
    /// An API token.
    Token(TokenCredential),
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCredential {
    /// The key under which it is stored.
    key: SessionKey,
    /// The name that its owner gave it.
    name: String,
    /// Whether it may change anything.
    pub access: TokenAccess,
}

/// The account that sent a request. Every handler behind `Access::Session` or stricter can extract it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// What authenticated the request.
    pub credential: Credential,
    /// Whether the account must change its default password before anything else.
    pub must_change_password: bool,
    /// The address of the client.
    pub address: IpAddr,
}

impl Caller {
    /// The session.
    ///
    /// # Errors
    /// An API token authenticated the request.
    pub fn session(&self) -> ApiResult<SessionKey> {
        match self.credential {
            Credential::Session(key) => Ok(key),
            Credential::Token(_) => Err(Problem::BrowserOnly.into()),
        }
    }

    /// The account, token and address, for the audit log.
    #[must_use]
    pub fn to_actor(&self) -> Actor {
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

/// Finds the account of a request. A bearer token in another format belongs to a proxy and is ignored.
///
/// # Errors
/// The database failed.
pub async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    client: Client,
) -> ApiResult<Option<Caller>> {
    let found = match ApiToken::from_headers(headers) {
        Some(token) => find_token_holder(app, &token).await?,
        None => find_session(app, SessionId::from_headers(headers)).await?,
    };
    Ok(found.map(|(user, credential)| Caller {
        must_change_password: user.default_password && !(app.loopback_only && client.is_local),
        user,
        credential,
        address: client.address,
    }))
}

async fn find_token_holder(app: &App, token: &ApiToken) -> ApiResult<Option<(User, Credential)>> {
    let key = app.session_keys.token_key(token);
    let Some(holder) = app.store.token_holder(&key).await? else {
        return Ok(None);
    };
    let now_ms = clock::now_ms();
    if now_ms - holder.used_ms.unwrap_or(0) > TOUCH_EVERY_MS {
        warn_if_failed(app.store.touch_token(&key, now_ms).await);
    }
    let token = TokenCredential {
        key,
        name: holder.name,
        access: holder.access,
    };
    Ok(Some((holder.user, Credential::Token(token))))
}

async fn find_session(app: &App, id: Option<SessionId>) -> ApiResult<Option<(User, Credential)>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let key = app.session_keys.key(&id);
    let now_ms = clock::now_ms();
    let Some(session) = app.store.session(&key, now_ms - IDLE_MS).await? else {
        return Ok(None);
    };
    if now_ms - session.used_ms > TOUCH_EVERY_MS {
        warn_if_failed(app.store.touch_session(&key, now_ms).await);
    }
    Ok(Some((session.user, Credential::Session(key))))
}

/// A failure is only logged, so that people can still read while the database cannot be written.
fn warn_if_failed(touched: muster_store::Result<()>) {
    if let Err(error) = touched {
        tracing::warn!(%error, "the last use of a session or token cannot be stored");
    }
}

/// Whether a session has ended or a token was revoked. If the database fails, the answer is no.
pub async fn is_revoked(app: &App, credential: &Credential) -> bool {
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
