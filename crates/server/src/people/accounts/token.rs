//! API tokens: shown once, stored as an HMAC like session ids.

use super::session::random_hex;
use http::{HeaderMap, header};
use std::fmt;

/// Lets people and secret scanners recognize a token.
const PREFIX: &str = "muster_";
const DIGITS: usize = 64;

/// A token as a client sends it: a prefix and 256 random bits in hex.
pub struct ApiToken(String);

impl ApiToken {
    /// Generates a new token.
    ///
    /// # Errors
    /// The system provides no random bytes.
    pub fn random() -> anyhow::Result<Self> {
        Ok(Self(format!("{PREFIX}{}", random_hex()?)))
    }

    /// The token in the `Authorization` header of a request, if it has the form of one.
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

    /// The bytes whose HMAC is stored.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text of the token, to show it once.
    #[must_use]
    pub fn reveal(self) -> String {
        self.0
    }
}

/// Hides the token, so that it cannot be logged.
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
    fn is_parsed_after_bearer() {
        let token = ApiToken::random().unwrap().reveal();
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(in_header(&format!("{scheme} {token}")), Some(token.clone()));
        }
    }

    #[test]
    fn other_token_formats_are_ignored() {
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
