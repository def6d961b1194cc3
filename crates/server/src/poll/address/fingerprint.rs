//! The SHA-256 fingerprint of a certificate, as an agent prints it and a computer pins it.

use super::TargetError;
use sha2::{Digest as _, Sha256};
use std::fmt;

const BYTES: usize = 32;
/// Digits of the short form: 64 bits, too many to forge a match.
const SHORT_DIGITS: usize = 16;

/// The SHA-256 of a certificate in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; BYTES]);

impl Fingerprint {
    /// Computes the fingerprint of a certificate.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// Parses 64 hexadecimal digits in either case, with or without colons.
    ///
    /// # Errors
    /// The text is not a fingerprint.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let mut bytes = [0; BYTES];
        let mut digits = text.trim().chars().filter(|&letter| letter != ':');
        for byte in &mut bytes {
            let mut digit = || digits.next().and_then(|letter| letter.to_digit(16));
            let (high, low) = (digit(), digit());
            let value = high.zip(low).map(|(high, low)| high * 16 + low);
            *byte = value
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(TargetError::Fingerprint)?;
        }
        match digits.next() {
            None => Ok(Self(bytes)),
            Some(_) => Err(TargetError::Fingerprint),
        }
    }

    /// The first digits, for messages.
    #[must_use]
    pub fn short(&self) -> String {
        let mut short = self.to_string();
        short.truncate(SHORT_DIGITS);
        short + "…"
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_tool_formats_are_parsed() {
        let plain = Fingerprint::from_der(b"").to_string();
        assert!(plain.starts_with("e3b0c44298fc1c14"));
        let pairs: Vec<&str> = plain
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap())
            .collect();
        for text in [
            plain.clone(),
            format!(" {} ", plain.to_uppercase()),
            pairs.join(":"),
        ] {
            assert_eq!(
                Fingerprint::parse(&text).unwrap().to_string(),
                plain,
                "{text}"
            );
        }
        assert_eq!(Fingerprint::from_der(b"").short(), "e3b0c44298fc1c14…");
    }

    #[test]
    fn invalid_fingerprints_are_refused() {
        let plain = Fingerprint::from_der(b"").to_string();
        for text in [
            "",
            "ab",
            &plain[1..],
            &format!("{plain}0"),
            &plain.replace('e', "g"),
            &"é".repeat(32),
        ] {
            assert_eq!(
                Fingerprint::parse(text),
                Err(TargetError::Fingerprint),
                "{text}"
            );
        }
    }
}
