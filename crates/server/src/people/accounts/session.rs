//! Sessions: the browser holds a random id, the database its HMAC.

use super::ApiToken;
use crate::config::BasePath;
use crate::ops::clock::DAY_MS;
use anyhow::Context as _;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use muster_store::{SessionKey, Settings};
use sha2::Sha256;
use std::fmt::Write as _;

/// Name of the session cookie.
pub const COOKIE: &str = "muster_session";
/// A session ends after this long without use.
pub const IDLE_MS: i64 = 7 * DAY_MS;
/// The cookie outlives every session; the server decides when a session ends.
const COOKIE_AGE_S: u32 = 365 * 24 * 60 * 60;
const ID_DIGITS: usize = 64;

/// A session id: 256 random bits in hex. It has no `Debug`, so that it cannot be logged.
pub struct SessionId(String);

impl SessionId {
    /// Generates a new id.
    ///
    /// # Errors
    /// The system provides no random bytes.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self(random_hex()?))
    }

    /// The id in the cookies of a request.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter();
        cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|&(name, value)| name == COOKIE && value.len() == ID_DIGITS)
            .map(|(_, value)| Self(value.to_owned()))
    }

    /// The `Set-Cookie` header with this id.
    ///
    /// # Errors
    /// None: the id is valid in a header.
    pub fn cookie(&self, base: &BasePath, secure: bool) -> anyhow::Result<HeaderValue> {
        set_cookie(&self.0, COOKIE_AGE_S, base, secure)
    }
}

/// The `Set-Cookie` header that deletes the cookie.
///
/// # Errors
/// None.
pub fn clear_cookie(base: &BasePath, secure: bool) -> anyhow::Result<HeaderValue> {
    set_cookie("", 0, base, secure)
}

fn set_cookie(
    value: &str,
    age_s: u32,
    base: &BasePath,
    secure: bool,
) -> anyhow::Result<HeaderValue> {
    let path = base.with("/");
    let secure = if secure { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={value}; Path={path}; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}");
    let mut cookie: HeaderValue = cookie.parse()?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

/// The key of the HMACs under which session ids and tokens are stored. A new key ends all sessions.
#[derive(Clone)]
pub struct SessionKeys(Hmac<Sha256>);

impl SessionKeys {
    /// Creates the HMAC from the secret.
    ///
    /// # Errors
    /// None: an HMAC accepts keys of any length.
    pub fn new(secret: &[u8]) -> anyhow::Result<Self> {
        let hmac = Hmac::new_from_slice(secret).context("the secret key cannot key an HMAC")?;
        Ok(Self(hmac))
    }

    /// The key under which a session is stored.
    #[must_use]
    pub fn key(&self, id: &SessionId) -> SessionKey {
        self.hmac(id.0.as_bytes())
    }

    /// The key under which a token is stored. The prefix of tokens makes it differ from the key of any session.
    #[must_use]
    pub fn token_key(&self, token: &ApiToken) -> SessionKey {
        self.hmac(token.as_bytes())
    }

    fn hmac(&self, secret: &[u8]) -> SessionKey {
        let mut hmac = self.0.clone();
        hmac.update(secret);
        hmac.finalize().into_bytes().into()
    }
}

/// The secret from the environment, or else the one in the database, which is generated at the first start.
///
/// # Errors
/// The database cannot be read or written, or the system provides no random bytes.
pub async fn load_secret_key(
    from_environment: Option<&str>,
    settings: &(impl Settings + ?Sized),
) -> anyhow::Result<Vec<u8>> {
    if let Some(secret) = from_environment {
        if secret.len() < 16 || secret.starts_with("your-") {
            tracing::warn!(
                "SECRET_KEY is too short or a placeholder: use at least 32 random characters, or unset it"
            );
        }
        return Ok(secret.as_bytes().to_vec());
    }
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).context("the system provides no random bytes")?;
    Ok(settings.setting_or_insert("secret_key", &fresh).await?)
}

/// Generates 256 random bits in hex.
///
/// # Errors
/// The system provides no random bytes.
pub(super) fn random_hex() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system provides no random bytes")?;
    Ok(encode_hex(&bytes))
}

/// Encodes bytes in hex.
#[must_use]
pub fn encode_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_its_cookie_among_others() {
        let id = SessionId::random().unwrap();
        let mut headers = HeaderMap::new();
        let cookies = format!("theme=dark; {COOKIE}={}; x=y", id.0);
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        assert_eq!(SessionId::from_headers(&headers).unwrap().0, id.0);
        headers.insert(header::COOKIE, format!("{COOKIE}=short").parse().unwrap());
        assert!(SessionId::from_headers(&headers).is_none());
    }

    #[test]
    fn keys_depend_on_the_secret_and_the_id() {
        let (one, other) = (SessionId::random().unwrap(), SessionId::random().unwrap());
        let keys = SessionKeys::new(b"secret").unwrap();
        assert_eq!(keys.key(&one), keys.key(&one));
        assert_ne!(keys.key(&one), keys.key(&other));
        assert_ne!(
            keys.key(&one),
            SessionKeys::new(b"another").unwrap().key(&one)
        );
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts() {
        let id = SessionId::random().unwrap();
        let base = "/monitor".parse().unwrap();
        let cookie = id.cookie(&base, true).unwrap();
        let text = cookie.to_str().unwrap();
        assert!(text.contains("; Path=/monitor/; "));
        assert!(text.contains("; HttpOnly; SameSite=Lax; Secure"));
        assert!(
            !id.cookie(&BasePath::default(), false)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("Secure")
        );
        assert!(cookie.is_sensitive());
    }
}
