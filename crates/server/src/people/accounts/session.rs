//! Sessions: a random id in the browser, its HMAC in the database.

use super::ApiToken;
use crate::config::BasePath;
use anyhow::Context as _;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use muster_store::{SessionKey, Settings};
use sha2::Sha256;
use std::fmt::Write as _;

/// The cookie's name.
pub const COOKIE: &str = "muster_session";
/// A session that nobody used for this long has ended.
pub const IDLE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// The browser keeps the cookie for longer than any session is idle; the server decides.
const COOKIE_AGE_S: u32 = 365 * 24 * 60 * 60;
const ID_DIGITS: usize = 64;

/// What the browser holds: 256 random bits in hex. It has no `Debug`, so that no log can show it.
pub struct SessionId(String);

impl SessionId {
    /// A new one.
    ///
    /// # Errors
    /// When there is no randomness to be had.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self(random_hex()?))
    }

    /// The one in a request's cookies.
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

    /// The header that gives it to a browser.
    ///
    /// # Errors
    /// None for an id that was made here.
    pub fn cookie(&self, base: &BasePath, secure: bool) -> anyhow::Result<HeaderValue> {
        set_cookie(&self.0, COOKIE_AGE_S, base, secure)
    }
}

/// The header that takes a session's cookie from a browser.
///
/// # Errors
/// None.
pub fn no_cookie(base: &BasePath, secure: bool) -> anyhow::Result<HeaderValue> {
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

/// The secret under which session ids are stored; another secret ends all sessions.
#[derive(Clone)]
pub struct SessionKeys(Hmac<Sha256>);

impl SessionKeys {
    /// Keyed by that secret.
    ///
    /// # Errors
    /// None: an HMAC takes a key of any length.
    pub fn new(secret: &[u8]) -> anyhow::Result<Self> {
        let hmac = Hmac::new_from_slice(secret).context("the secret key cannot key an HMAC")?;
        Ok(Self(hmac))
    }

    /// What a session id is stored under.
    #[must_use]
    pub fn key(&self, id: &SessionId) -> SessionKey {
        self.hmac(id.0.as_bytes())
    }

    /// What a token is stored under: its prefix keeps it apart from every session id.
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

/// The secret from the environment, or the one in the database, which is made at the first start.
///
/// # Errors
/// What the database said, or no randomness.
pub async fn secret_key(
    from_environment: Option<&str>,
    settings: &(impl Settings + ?Sized),
) -> anyhow::Result<Vec<u8>> {
    if let Some(secret) = from_environment {
        if secret.len() < 16 || secret.starts_with("your-") {
            tracing::warn!(
                "SECRET_KEY is short or an example's: give at least 32 random characters, or leave it out"
            );
        }
        return Ok(secret.as_bytes().to_vec());
    }
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).context("the system gives no randomness")?;
    Ok(settings.setting_or_insert("secret_key", &fresh).await?)
}

/// 256 random bits in hex.
///
/// # Errors
/// When there is no randomness to be had.
pub(super) fn random_hex() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system gives no randomness")?;
    Ok(hex(&bytes))
}

/// Bytes in hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
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
