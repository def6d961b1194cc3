//! The address, token and certificate of an agent, validated once where they enter.

mod agent_address;
mod fingerprint;

pub use agent_address::{AgentAddress, check_pin};
pub use fingerprint::Fingerprint;

use http::{HeaderValue, Uri};
use muster_store::{AddressProblem, Computer, Reason};
use muster_wire::Cursor;
use thiserror::Error;
use url::{Host, Url};

const MAX_URL: usize = 2048;
const MAX_TOKEN: usize = 512;

/// Why an address, a token or a certificate is rejected, as a sentence for the person who entered it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TargetError {
    /// Not a URL.
    #[error("the address must look like http://host:port")]
    NotAUrl,
    /// A scheme other than http or https.
    #[error("the address must start with http:// or https://")]
    Scheme,
    /// Only a part of the line that an agent prints.
    #[error(
        "the muster:// line is incomplete: copy the whole line that the agent printed, with token= and sha256="
    )]
    Line,
    /// Not a fingerprint.
    #[error("a SHA-256 fingerprint must have 64 hexadecimal digits")]
    Fingerprint,
    /// A pinned certificate for an address without TLS.
    #[error("a certificate can only be pinned if the address starts with https://")]
    PinWithoutTls,
    /// A user, a password, a query or a fragment in the address.
    #[error(
        "the address may have a host, a port and a path, but no user, no ?query and no #fragment"
    )]
    Excess,
    /// Too long.
    #[error("the address is longer than 2,048 characters")]
    Long,
    /// Not a valid token.
    #[error("the token must have 1 to 512 printable ASCII characters, and no spaces")]
    Token,
}

impl TargetError {
    /// Why a computer with this address, token or certificate cannot be polled.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let address = |problem| Reason::InvalidAddress { problem };
        match self {
            Self::Scheme => address(AddressProblem::Scheme),
            Self::Excess => address(AddressProblem::Excess),
            Self::Long => address(AddressProblem::TooLong),
            Self::NotAUrl | Self::Line => address(AddressProblem::NotAUrl),
            Self::Token => Reason::InvalidToken,
            Self::Fingerprint | Self::PinWithoutTls => Reason::InvalidCertificate,
        }
    }
}

/// An agent that can be polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether to connect with TLS.
    pub tls: bool,
    /// The name or address to connect to.
    pub host: Host<String>,
    /// The port to connect to.
    pub port: u16,
    /// The path of the request, from the root.
    pub path: Uri,
    /// The `Host` header.
    pub host_header: HeaderValue,
    /// The `Authorization` header. It is marked sensitive, so that no log shows it.
    pub authorization: HeaderValue,
    /// The only certificate to accept; `None` means any certificate that the operating system trusts.
    pub pin: Option<Fingerprint>,
}

impl Target {
    /// Checks an address and a token.
    ///
    /// # Errors
    /// Either is invalid.
    pub fn new(address: &str, token: &str) -> Result<Self, TargetError> {
        let url = parse_address(address)?;
        let host = url.host().ok_or(TargetError::NotAUrl)?.to_owned();
        let port = url.port_or_known_default().ok_or(TargetError::NotAUrl)?;
        let host_header = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        Ok(Self {
            tls: url.scheme() == "https",
            path: format!("{}/systeminfo", base_path(&url))
                .parse()
                .map_err(|_| TargetError::NotAUrl)?,
            host_header: host_header.parse().map_err(|_| TargetError::NotAUrl)?,
            authorization: bearer(token)?,
            host,
            port,
            pin: None,
        })
    }

    /// The same agent, with a request for the readings that it stored after `cursor`.
    #[must_use]
    pub fn for_readings_after(&self, cursor: &Cursor) -> Self {
        let path = format!("{}?processes=0&since={cursor}", self.path.path());
        Self {
            // A cursor has no characters that are special in a URL.
            path: path.parse().unwrap_or_else(|_| self.path.clone()),
            ..self.clone()
        }
    }

    /// The same agent, with a pinned certificate.
    ///
    /// # Errors
    /// The address does not use TLS.
    pub fn with_pin(self, pin: Option<Fingerprint>) -> Result<Self, TargetError> {
        match (self.tls, pin) {
            (false, Some(_)) => Err(TargetError::PinWithoutTls),
            _ => Ok(Self { pin, ..self }),
        }
    }

    /// The target of a computer on the roster.
    ///
    /// # Errors
    /// Its address, token or fingerprint is invalid: another program may have written it to the database.
    pub fn from_computer(computer: &Computer) -> Result<Self, TargetError> {
        let pin = computer.tls_sha256.as_deref();
        let pin = pin.map(Fingerprint::parse).transpose()?;
        Self::new(&computer.url, &computer.token)?.with_pin(pin)
    }
}

/// Normalizes an address: no trailing slash, and no `/systeminfo`, which people paste.
///
/// # Errors
/// The address is invalid.
pub fn clean_address(address: &str) -> Result<String, TargetError> {
    let url = parse_address(address)?;
    let base = base_path(&url).to_owned();
    let origin = url.origin().ascii_serialization();
    Ok(format!("{origin}{base}"))
}

/// Trims and checks a token.
///
/// # Errors
/// It is empty, too long, or has an invalid character.
pub fn clean_token(token: &str) -> Result<String, TargetError> {
    let token = token.trim();
    let length_fits = (1..=MAX_TOKEN).contains(&token.len());
    if length_fits && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(token.to_owned())
    } else {
        Err(TargetError::Token)
    }
}

fn parse_address(address: &str) -> Result<Url, TargetError> {
    let address = address.trim();
    if address.len() > MAX_URL {
        return Err(TargetError::Long);
    }
    if !address.contains("://") {
        return Err(TargetError::Scheme);
    }
    let url = Url::parse(address).map_err(|_| TargetError::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(TargetError::Scheme);
    }
    let excess = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if excess {
        Err(TargetError::Excess)
    } else {
        Ok(url)
    }
}

fn base_path(url: &Url) -> &str {
    let path = url.path().trim_end_matches('/');
    path.strip_suffix("/systeminfo")
        .unwrap_or(path)
        .trim_end_matches('/')
}

fn bearer(token: &str) -> Result<HeaderValue, TargetError> {
    let token = clean_token(token)?;
    let mut value: HeaderValue = format!("Bearer {token}")
        .parse()
        .map_err(|_| TargetError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_poll_address() {
        let target = Target::new("http://box:8000/a/0/", "tok").unwrap();
        assert_eq!(target.path, "/a/0/systeminfo");
        assert_eq!((target.port, target.tls), (8000, false));
        assert_eq!(target.host_header, "box:8000");
        let target = Target::new("https://[::1]", "tok").unwrap();
        assert_eq!((target.port, target.tls), (443, true));
        assert_eq!(target.host_header, "[::1]");
    }

    #[test]
    fn normalizes_addresses() {
        for address in [
            "http://Box:8000",
            "http://box:8000/",
            " http://box:8000/systeminfo ",
        ] {
            assert_eq!(
                clean_address(address).unwrap(),
                "http://box:8000",
                "{address}"
            );
        }
        assert_eq!(clean_address("https://b/x/").unwrap(), "https://b/x");
    }

    #[test]
    fn reports_what_is_wrong_with_an_address() {
        for (address, error) in [
            ("box:8000", TargetError::Scheme),
            ("file:///etc/passwd", TargetError::Scheme),
            ("http://", TargetError::NotAUrl),
            ("http://u:p@box", TargetError::Excess),
            ("http://box/?x", TargetError::Excess),
            ("http://box:99999", TargetError::NotAUrl),
        ] {
            assert_eq!(clean_address(address), Err(error), "{address}");
        }
        assert_eq!(
            clean_address(&format!("http://{}", "a".repeat(2048))),
            Err(TargetError::Long)
        );
    }

    #[test]
    fn a_token_never_shows() {
        let target = Target::new("http://box", "top-secret").unwrap();
        assert!(!format!("{target:?}").contains("top-secret"));
        assert_eq!(
            Target::new("http://box", "a b").unwrap_err(),
            TargetError::Token
        );
        assert_eq!(
            Target::new("http://box", "a\r\nb").unwrap_err(),
            TargetError::Token
        );
    }
}
