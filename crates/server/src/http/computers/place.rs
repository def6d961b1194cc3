//! Where an agent answers, as a form or a script says it: in fields, or in the line that the agent printed.

use super::{ApiResult, given};
use crate::poll::address::{AgentAddress, Fingerprint, TargetError, check_pin, clean_token};
use muster_store::{Computer, ComputerChange, NewComputer};

/// What was said, each part checked; what was left out stays as it is.
pub struct Said {
    /// The address as it is kept.
    pub url: Option<String>,
    /// The token.
    pub token: Option<String>,
    /// The certificate; within, none in particular.
    pin: Option<Option<Fingerprint>>,
}

impl Said {
    /// Reads the fields. One of its own counts before what the line says.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(
        url: Option<&str>,
        token: Option<&str>,
        tls_sha256: Option<&str>,
    ) -> Result<Self, TargetError> {
        let place = url.map(AgentAddress::parse).transpose()?;
        let (url, line_token, line_pin) = match place {
            Some(place) => (Some(place.url), place.token, place.pin),
            None => (None, None, None),
        };
        let own_token = token.map(clean_token).transpose()?;
        // An address without TLS has no certificate to show, whatever was pinned before.
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

    /// Whether anything was said of the certificate.
    #[must_use]
    pub fn says_pin(&self) -> bool {
        self.pin.is_some()
    }

    /// What was left out as it is known of a computer.
    #[must_use]
    pub fn or(self, known: Computer) -> Self {
        let pin = known.tls_sha256.as_deref();
        // One that a script wrote and that is none is none.
        let pin = pin.and_then(|pin| Fingerprint::parse(pin).ok());
        Self {
            url: self.url.or(Some(known.url)),
            token: self.token.or(Some(known.token)),
            pin: self.pin.or(Some(pin)),
        }
    }

    /// A computer there, without a name; none where the address or the token was left out.
    #[must_use]
    pub fn whole(self) -> Option<Result<NewComputer, TargetError>> {
        let (url, token) = (given(self.url)?, given(self.token)?);
        let pin = self.pin.flatten();
        Some(check_pin(&url, pin).map(|()| NewComputer {
            url,
            token,
            tls_sha256: pin.map(|pin| pin.to_string()),
            ..NewComputer::default()
        }))
    }

    /// The change of a computer that this is.
    #[must_use]
    pub fn change(self) -> ComputerChange {
        ComputerChange {
            url: self.url,
            token: self.token,
            tls_sha256: self.pin.map(|pin| pin.map(|pin| pin.to_string())),
            ..ComputerChange::default()
        }
    }
}

/// A certificate is pinned only where one is shown: after the change, too.
///
/// # Errors
/// Where it is not.
pub fn check(known: &Computer, change: &ComputerChange) -> ApiResult<()> {
    let url = change.url.as_ref().unwrap_or(&known.url);
    let pin = change.tls_sha256.as_ref().and_then(Option::as_deref);
    Ok(check_pin(url, pin.map(Fingerprint::parse).transpose()?)?)
}
