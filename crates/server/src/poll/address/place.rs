//! Where an agent answers as people give it: an address, or the line that the agent printed.

use super::{Fingerprint, TargetError, clean_address, clean_token, parse_address};

/// What the agent's line begins with.
const LINE: &str = "muster://";

/// An address, and what the agent's line said beside it.
#[derive(Clone)]
pub struct Place {
    /// The address as it is kept.
    pub url: String,
    /// The token.
    pub token: Option<String>,
    /// The certificate.
    pub pin: Option<Fingerprint>,
}

impl Place {
    /// Reads `http://…`, `https://…` or `muster://HOST:PORT?token=…&sha256=…`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        let scheme = text.get(..LINE.len()).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case(LINE) {
            return Ok(Self {
                url: clean_address(text)?,
                token: None,
                pin: None,
            });
        }
        let rest = &text[LINE.len()..];
        let (address, query) = rest.split_once('?').ok_or(TargetError::Line)?;
        let said = |wanted: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            let found = pairs.find(|(name, _)| name == wanted);
            found
                .map(|(_, value)| value.into_owned())
                .ok_or(TargetError::Line)
        };
        let address = format!("https://{address}");
        parse_address(&address)?;
        Ok(Self {
            url: clean_address(&address)?,
            token: Some(clean_token(&said("token")?)?),
            pin: Some(Fingerprint::read(&said("sha256")?)?),
        })
    }
}

/// A certificate can be held against what it should be where there is one.
///
/// # Errors
/// Where there is none.
pub fn check_pin(url: &str, pin: Option<Fingerprint>) -> Result<(), TargetError> {
    match pin {
        Some(_) if !url.starts_with("https://") => Err(TargetError::PinWithoutTls),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agents_line_is_an_address_a_token_and_a_certificate() {
        let sha256 = Fingerprint::of(b"").to_string();
        let line = format!(" muster://Box:8000?token=a%26b%2Bc&sha256={sha256}\n");
        let place = Place::read(&line).unwrap();
        assert_eq!(place.url, "https://box:8000");
        assert_eq!(place.token.as_deref(), Some("a&b+c"));
        assert_eq!(place.pin.map(|pin| pin.to_string()), Some(sha256));
    }

    #[test]
    fn an_address_says_no_more_than_itself() {
        let place = Place::read("http://box:8000/").unwrap();
        assert_eq!(place.url, "http://box:8000");
        assert!(place.token.is_none() && place.pin.is_none());
    }

    #[test]
    fn a_line_that_is_not_whole_is_refused() {
        let sha256 = Fingerprint::of(b"").to_string();
        for (line, error) in [
            ("muster://box:8000".to_owned(), TargetError::Line),
            ("muster://box:8000?token=t".into(), TargetError::Line),
            (
                format!("muster://box:8000?sha256={sha256}"),
                TargetError::Line,
            ),
            (
                "muster://box:8000?token=t&sha256=ab".into(),
                TargetError::Fingerprint,
            ),
            (
                format!("muster://box:8000?token=a%20b&sha256={sha256}"),
                TargetError::Token,
            ),
            (
                format!("muster://u:p@box?token=t&sha256={sha256}"),
                TargetError::Excess,
            ),
            (
                format!("muster://box#x?token=t&sha256={sha256}"),
                TargetError::Excess,
            ),
            (
                format!("muster://?token=t&sha256={sha256}"),
                TargetError::NotAUrl,
            ),
            ("mustér://".into(), TargetError::NotAUrl),
        ] {
            assert_eq!(Place::read(&line).err(), Some(error), "{line}");
        }
    }
}
