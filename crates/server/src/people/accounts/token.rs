//! API tokens: shown once, kept as an HMAC like the ids of sessions.

use super::session::random_hex;
use http::{HeaderMap, header};
use std::fmt;

/// So that people and scanners of repositories see what they have before them.
const PREFIX: &str = "muster_";
const DIGITS: usize = 64;

/// A token as a script sends it: 256 random bits in hex behind a prefix.
pub struct ApiToken(String);

impl ApiToken {
    /// A new one.
    ///
    /// # Errors
    /// When there is no randomness to be had.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self(format!("{PREFIX}{}", random_hex()?)))
    }

    /// The one in a request's `Authorization`, where that holds a bearer token of this shape.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        let token = token.trim();
        let digits = token.strip_prefix(PREFIX)?;
        let is_ours = scheme.eq_ignore_ascii_case("bearer")
            && digits.len() == DIGITS
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_ours.then(|| Self(token.to_owned()))
    }

    /// What its HMAC is made of.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// For the one time that it is shown.
    #[must_use]
    pub fn reveal(self) -> String {
        self.0
    }
}

/// No log can show it.
impl fmt::Debug for ApiToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_header(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        ApiToken::from_headers(&headers).map(ApiToken::reveal)
    }

    #[test]
    fn is_found_behind_bearer() {
        let token = ApiToken::random().unwrap().reveal();
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(in_header(&format!("{scheme} {token}")), Some(token.clone()));
        }
    }

    #[test]
    fn what_has_another_shape_is_somebody_elses() {
        let token = ApiToken::random().unwrap().reveal();
        let short = &token[..token.len() - 1];
        for value in [
            format!("Basic {token}"),
            format!("Bearer {short}"),
            format!("Bearer {short}x"),
            "Bearer eyJhbGciOi".to_owned(),
            token,
        ] {
            assert_eq!(in_header(&value), None, "{value}");
        }
    }
}
