//! The token that clients must show, and the file that keeps it across restarts.

mod file;
mod renewal;

pub use file::{DEFAULT_NAME, TokenError, TokenFile, load_existing, load_or_create};
pub use renewal::{TokenMatch, Tokens, renew_token};

use subtle::ConstantTimeEq;

/// Maximum number of characters of a token.
pub const MAX_TOKEN: usize = 512;

/// A token: 1 to [`MAX_TOKEN`] printable ASCII characters without a space.
///
/// It is stored padded, so that a comparison always takes the same time.
#[derive(Clone)]
pub struct Token {
    padded: [u8; MAX_TOKEN],
    length: usize,
}

impl Token {
    /// Parses a token; `None` if it is invalid.
    #[must_use]
    pub fn new(text: &[u8]) -> Option<Self> {
        let fits = (1..=MAX_TOKEN).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
        fits.then(|| Self::pad(text))
    }

    /// Creates a token that cannot be guessed.
    #[must_use]
    pub fn random() -> Self {
        Self::pad(uuid::Uuid::new_v4().to_string().as_bytes())
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, claimed: &[u8]) -> bool {
        if claimed.len() > MAX_TOKEN {
            return false;
        }
        let claimed = Self::pad(claimed);
        let same_length = self.length.ct_eq(&claimed.length);
        (self.padded.ct_eq(&claimed.padded) & same_length).into()
    }

    /// The token as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.padded[..self.length]).into_owned()
    }

    fn pad(text: &[u8]) -> Self {
        let mut padded = [0; MAX_TOKEN];
        padded[..text.len()].copy_from_slice(text);
        Self {
            padded,
            length: text.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_the_token() {
        let token = Token::new(b"secret").unwrap();
        assert!(token.matches(b"secret"));
        for wrong in [
            &b"secre"[..],
            b"secrets",
            b"secret\0",
            b"Secret",
            b"",
            &[b's'; 9_999],
        ] {
            assert!(!token.matches(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn text_with_spaces_or_too_long_text_is_not_a_token() {
        assert!(Token::new(b"a b").is_none());
        assert!(Token::new(b"").is_none());
        assert!(Token::new("é".as_bytes()).is_none());
        assert!(Token::new(&[b'x'; MAX_TOKEN]).is_some());
        assert!(Token::new(&[b'x'; MAX_TOKEN + 1]).is_none());
    }

    #[test]
    fn a_random_token_is_a_uuid_of_version_4() {
        let text = Token::random().text();
        assert_eq!(uuid::Uuid::parse_str(&text).unwrap().get_version_num(), 4);
    }
}
