//! The address of an agent as people paste it: a URL, or the `muster://` line that the agent printed.

use super::{Fingerprint, TargetError, clean_address, clean_token, parse_address};

/// The scheme of the line that an agent prints.
const LINE: &str = "muster://";

/// A pasted address, with the token and the fingerprint if it was a `muster://` line.
#[derive(Clone)]
pub struct AgentAddress {
    /// The normalized address.
    pub url: String,
    /// The token in the line.
    pub token: Option<String>,
    /// The fingerprint in the line.
    pub pin: Option<Fingerprint>,
}

impl AgentAddress {
    /// Parses `http://…`, `https://…` or `muster://HOST:PORT?token=…&sha256=…`.
    ///
    /// # Errors
    /// The text is none of these, or a part of it is invalid.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
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
            pin: Some(Fingerprint::parse(&said("sha256")?)?),
        })
    }
}

/// Checks that a certificate is pinned only where the address uses TLS.
///
/// # Errors
/// The address does not use TLS.
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
        let sha256 = Fingerprint::from_der(b"").to_string();
        let line = format!(" muster://Box:8000?token=a%26b%2Bc&sha256={sha256}\n");
        let address = AgentAddress::parse(&line).unwrap();
        assert_eq!(address.url, "https://box:8000");
        assert_eq!(address.token.as_deref(), Some("a&b+c"));
        assert_eq!(address.pin.map(|pin| pin.to_string()), Some(sha256));
    }

    #[test]
    fn a_plain_address_has_no_token_or_certificate() {
        let address = AgentAddress::parse("http://box:8000/").unwrap();
        assert_eq!(address.url, "http://box:8000");
        assert!(address.token.is_none() && address.pin.is_none());
    }

    #[test]
    fn an_incomplete_line_is_refused() {
        let sha256 = Fingerprint::from_der(b"").to_string();
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
            assert_eq!(AgentAddress::parse(&line).err(), Some(error), "{line}");
        }
    }
}
