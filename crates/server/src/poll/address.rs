//! Where an agent answers and what it asks for: checked once, where they enter.

mod fingerprint;
mod place;

pub use fingerprint::Fingerprint;
pub use place::{Place, check_pin};

use http::{HeaderValue, Uri};
use muster_store::{AddressProblem, Computer, Reason};
use muster_wire::Cursor;
use thiserror::Error;
use url::{Host, Url};

const MAX_URL: usize = 2048;
const MAX_TOKEN: usize = 512;
const MAX_NAME: usize = 100;

/// Why a name, an address or a token is none, in words for who typed it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TargetError {
    /// Not a name.
    #[error("the name must have 1 to 100 characters, none of them invisible, and not be . or ..")]
    Name,
    /// Not a URL at all.
    #[error("the address is not a URL: write it like http://box:8000")]
    NotAUrl,
    /// Another scheme.
    #[error("the address must begin with http:// or https://")]
    Scheme,
    /// Part of what an agent prints.
    #[error(
        "the muster:// line is not whole: copy all of it, with token= and sha256=, as the agent printed it"
    )]
    Line,
    /// Not a fingerprint.
    #[error("the SHA-256 of a certificate must have 64 hexadecimal digits")]
    Fingerprint,
    /// A certificate where none is shown.
    #[error(
        "a certificate can be pinned for an address that begins with https://, and for no other"
    )]
    PinWithoutTls,
    /// A user, a password, a query or a fragment in it.
    #[error("the address must be host, port and perhaps a path: no user, no ?query, no #fragment")]
    Excess,
    /// Too long.
    #[error("the address is longer than 2,048 characters")]
    Long,
    /// Not a token.
    #[error("the token must have 1 to 512 printable ASCII characters, none of them a space")]
    Token,
}

impl TargetError {
    /// Why a computer with such an address, token or certificate cannot be polled.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let address = |problem| Reason::InvalidAddress { problem };
        match self {
            Self::Scheme => address(AddressProblem::Scheme),
            Self::Excess => address(AddressProblem::Excess),
            Self::Long => address(AddressProblem::TooLong),
            Self::Name | Self::NotAUrl | Self::Line => address(AddressProblem::NotAUrl),
            Self::Token => Reason::InvalidToken,
            Self::Fingerprint | Self::PinWithoutTls => Reason::InvalidCertificate,
        }
    }
}

/// An agent that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether it is asked through TLS.
    pub tls: bool,
    /// The name or address to connect to.
    pub host: Host<String>,
    /// The port to connect to.
    pub port: u16,
    /// Path of the request, from the root.
    pub path: Uri,
    /// The `Host` header.
    pub host_header: HeaderValue,
    /// The `Authorization` header; marked sensitive, so that no log shows it.
    pub authorization: HeaderValue,
    /// The one certificate that it may show; none stands for those that the operating system trusts.
    pub pin: Option<Fingerprint>,
}

impl Target {
    /// Checks an address and a token.
    ///
    /// # Errors
    /// What is wrong with them.
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

    /// The same agent, asked for the readings that it kept behind a cursor.
    #[must_use]
    pub fn since(&self, cursor: &Cursor) -> Self {
        let path = format!("{}?processes=0&since={cursor}", self.path.path());
        Self {
            // A cursor has no letter in it that means something in an address.
            path: path.parse().unwrap_or_else(|_| self.path.clone()),
            ..self.clone()
        }
    }

    /// The same, which shows no other certificate than this one.
    ///
    /// # Errors
    /// Where it shows none at all.
    pub fn pinned(self, pin: Option<Fingerprint>) -> Result<Self, TargetError> {
        match (self.tls, pin) {
            (false, Some(_)) => Err(TargetError::PinWithoutTls),
            _ => Ok(Self { pin, ..self }),
        }
    }

    /// Where a computer is asked.
    ///
    /// # Errors
    /// What is wrong with its address, its token or its certificate, which a script may have written.
    pub fn of(computer: &Computer) -> Result<Self, TargetError> {
        let pin = computer.tls_sha256.as_deref();
        let pin = pin.map(Fingerprint::read).transpose()?;
        Self::new(&computer.url, &computer.token)?.pinned(pin)
    }
}

/// The address as it is kept: without the last slash, and without `/systeminfo`, which people paste.
///
/// # Errors
/// What is wrong with it.
pub fn clean_address(address: &str) -> Result<String, TargetError> {
    let url = parse_address(address)?;
    let base = base_path(&url).to_owned();
    let origin = url.origin().ascii_serialization();
    Ok(format!("{origin}{base}"))
}

/// The name without white space around it.
///
/// # Errors
/// When nothing, or something else than a name, is left.
pub fn clean_name(name: &str) -> Result<String, TargetError> {
    let name = name.trim();
    let length_fits = (1..=MAX_NAME).contains(&name.chars().count());
    // In an address these two mean another one: no script could ask for such a computer.
    if length_fits && !matches!(name, "." | "..") && !name.chars().any(is_unseen) {
        Ok(name.to_owned())
    } else {
        Err(TargetError::Name)
    }
}

/// Whether a character is one that nobody sees, and that can make a name look like another: control
/// characters, zero widths, changes of direction, and letters that are blank.
#[must_use]
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        || matches!(
            letter,
            '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
        )
}

/// The token without white space around it.
///
/// # Errors
/// When nothing, or something else than a token, is left.
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
    fn knows_where_to_ask() {
        let target = Target::new("http://box:8000/a/0/", "tok").unwrap();
        assert_eq!(target.path, "/a/0/systeminfo");
        assert_eq!((target.port, target.tls), (8000, false));
        assert_eq!(target.host_header, "box:8000");
        let target = Target::new("https://[::1]", "tok").unwrap();
        assert_eq!((target.port, target.tls), (443, true));
        assert_eq!(target.host_header, "[::1]");
    }

    #[test]
    fn keeps_addresses_in_one_form() {
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
    fn says_what_is_wrong_with_an_address() {
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
