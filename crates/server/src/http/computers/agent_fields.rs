//! Address, token and certificate of an agent: from separate fields, or from the line that the agent printed.

use super::{ApiResult, non_blank};
use crate::poll::address::{AgentAddress, Fingerprint, TargetError, check_pin, clean_token};
use muster_store::{Computer, ComputerChange, NewComputer};

/// Checked fields; omitted ones are `None`.
pub struct AgentFields {
    /// The address as it is stored.
    pub url: Option<String>,
    /// The token.
    pub token: Option<String>,
    /// The pinned certificate; `Some(None)` removes it.
    pin: Option<Option<Fingerprint>>,
}

impl AgentFields {
    /// Parses the fields. Token and certificate fields override those in a muster:// line.
    ///
    /// # Errors
    /// A field is invalid.
    pub fn parse(
        url: Option<&str>,
        token: Option<&str>,
        tls_sha256: Option<&str>,
    ) -> Result<Self, TargetError> {
        let address = url.map(AgentAddress::parse).transpose()?;
        let (url, line_token, line_pin) = match address {
            Some(address) => (Some(address.url), address.token, address.pin),
            None => (None, None, None),
        };
        let own_token = token.map(clean_token).transpose()?;
        // An address without TLS has no certificate, so an older pin is removed.
        let is_plain = url.as_ref().is_some_and(|url| url.starts_with("http://"));
        let pin = match tls_sha256 {
            Some(text) if text.trim().is_empty() => Some(None),
            Some(text) => Some(Some(Fingerprint::parse(text)?)),
            None if is_plain => Some(None),
            None => line_pin.map(Some),
        };
        Ok(Self {
            url,
            token: own_token.or(line_token),
            pin,
        })
    }

    /// Whether the certificate is given or removed.
    #[must_use]
    pub fn has_pin(&self) -> bool {
        self.pin.is_some()
    }

    /// Fills omitted fields with those of a known computer.
    #[must_use]
    pub fn or_known(self, known: Computer) -> Self {
        let pin = known.tls_sha256.as_deref();
        // An invalid pin, written by another program, counts as none.
        let pin = pin.and_then(|pin| Fingerprint::parse(pin).ok());
        Self {
            url: self.url.or(Some(known.url)),
            token: self.token.or(Some(known.token)),
            pin: self.pin.or(Some(pin)),
        }
    }

    /// A computer without a name; `None` if the address or the token is missing.
    #[must_use]
    pub fn into_new_computer(self) -> Option<Result<NewComputer, TargetError>> {
        let (url, token) = (non_blank(self.url)?, non_blank(self.token)?);
        let pin = self.pin.flatten();
        Some(check_pin(&url, pin).map(|()| NewComputer {
            url,
            token,
            tls_sha256: pin.map(|pin| pin.to_string()),
            ..NewComputer::default()
        }))
    }

    /// The change of a computer.
    #[must_use]
    pub fn into_change(self) -> ComputerChange {
        ComputerChange {
            url: self.url,
            token: self.token,
            tls_sha256: self.pin.map(|pin| pin.map(|pin| pin.to_string())),
            ..ComputerChange::default()
        }
    }
}

/// Checks that a certificate is pinned only for an address with TLS, after the change too.
///
/// # Errors
/// It is not.
pub fn check_pin_after(known: &Computer, change: &ComputerChange) -> ApiResult<()> {
    let url = change.url.as_ref().unwrap_or(&known.url);
    let pin = change.tls_sha256.as_ref().and_then(Option::as_deref);
    Ok(check_pin(url, pin.map(Fingerprint::parse).transpose()?)?)
}
