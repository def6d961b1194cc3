//! Why a poll failed: one variant for each cause, and the reason that is stored and shown for it.

use super::framing::NoHead;
use super::verify::{Refused, Why};
use super::{DEADLINE, MAX_ANSWER};
use crate::ops::descriptors::is_descriptor_shortage;
use crate::poll::address::Fingerprint;
use crate::text::reason_text;
use http::StatusCode;
use muster_store::Reason;
use std::fmt;
use std::io;
use std::net::IpAddr;

/// Maximum number of characters of a message from the other side or the operating system.
const MAX_DETAIL: usize = 300;

/// Why there is no answer.
#[derive(Debug)]
pub enum FetchError {
    /// The resolver has no address for the name.
    Name(String),
    /// The operator denied the address.
    Denied(IpAddr),
    /// Nothing listens on the port.
    Refused,
    /// There is no route.
    NoRoute,
    /// The server has no file descriptor left for a connection.
    Short,
    /// Connecting failed in another way.
    Connect(String),
    /// Connecting took longer than this many seconds.
    ConnectTimeout(u64),
    /// Connected, but no whole answer arrived in time.
    Deadline,
    /// The TLS handshake failed.
    Tls(String),
    /// The other side does not speak TLS.
    NotTls,
    /// The certificate is not valid.
    Untrusted {
        /// What is wrong with it.
        problem: rustls::CertificateError,
        /// The certificate.
        found: Fingerprint,
    },
    /// Another certificate than the pinned one.
    CertificateChanged {
        /// The pinned one.
        expected: Fingerprint,
        /// The one that was shown.
        found: Fingerprint,
    },
    /// The connection ended early, or what arrived is not an HTTP answer.
    Broken(String),
    /// Another protocol than HTTP.
    NotHttp,
    /// The answer is too large.
    TooLarge,
    /// A status other than 200.
    Status(StatusCode),
    /// The answer is not what an agent sends.
    NotSystemInfo(muster_wire::ParseError),
}

impl FetchError {
    /// The reason as data.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Name(name) => Reason::NameNotResolved {
                name: shortened(name),
            },
            Self::Denied(address) => Reason::AddressDenied {
                address: address.to_string(),
            },
            Self::Refused => Reason::ConnectionRefused,
            Self::NoRoute => Reason::NoRoute,
            Self::Short => Reason::OutOfDescriptors,
            Self::Connect(detail) => Reason::ConnectFailed {
                detail: shortened(detail),
            },
            &Self::ConnectTimeout(seconds) => Reason::ConnectTimeout { seconds },
            Self::Deadline => Reason::AnswerTimeout {
                seconds: DEADLINE.as_secs(),
            },
            Self::Broken(detail) => Reason::ConnectionBroken {
                detail: Some(shortened(detail)),
            },
            Self::NotTls => Reason::TlsNotSpoken,
            Self::Tls(detail) => Reason::TlsFailed {
                detail: shortened(detail),
            },
            Self::Untrusted { problem, .. } => certificate_reason(problem),
            Self::CertificateChanged { expected, found } => Reason::CertificateChanged {
                expected: expected.short(),
                found: found.short(),
            },
            Self::NotHttp => Reason::NotHttp,
            Self::TooLarge => Reason::AnswerTooLarge {
                limit_bytes: MAX_ANSWER as u64,
            },
            &Self::Status(status) => status_reason(status),
            Self::NotSystemInfo(error) => Reason::NotSystemInfo {
                detail: Some(shortened(&error.to_string())),
            },
        }
    }

    /// The reason without anything that the other side sent, for connection tests.
    #[must_use]
    pub fn public_reason(&self) -> Reason {
        match self.reason() {
            Reason::NotSystemInfo { .. } => Reason::NotSystemInfo { detail: None },
            Reason::ConnectionBroken { .. } => Reason::ConnectionBroken { detail: None },
            reason => reason,
        }
    }

    /// From a failure to connect.
    #[must_use]
    pub fn connecting(error: &io::Error) -> Self {
        use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
        match error.kind() {
            _ if is_descriptor_shortage(error) => Self::Short,
            ConnectionRefused => Self::Refused,
            HostUnreachable | NetworkUnreachable => Self::NoRoute,
            TimedOut => Self::Deadline,
            _ => Self::Connect(error.to_string()),
        }
    }

    /// From a failed TLS handshake.
    #[must_use]
    pub fn tls(error: &io::Error) -> Self {
        let inner = error
            .get_ref()
            .and_then(|error| error.downcast_ref::<rustls::Error>());
        match (inner.and_then(Refused::behind), inner) {
            (
                Some(&Refused {
                    found,
                    why: Why::Expected(expected),
                }),
                _,
            ) => Self::CertificateChanged { expected, found },
            (
                Some(Refused {
                    found,
                    why: Why::Untrusted(problem),
                }),
                _,
            ) => Self::Untrusted {
                problem: problem.clone(),
                found: *found,
            },
            (None, Some(rustls::Error::InvalidMessage(_))) => Self::NotTls,
            (None, _) => Self::Tls(error.to_string()),
        }
    }

    /// The rejected certificate, if the certificate is the reason.
    #[must_use]
    pub fn certificate(&self) -> Option<Fingerprint> {
        match self {
            Self::Untrusted { found, .. } | Self::CertificateChanged { found, .. } => Some(*found),
            _ => None,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&reason_text(&self.reason()))
    }
}

impl std::error::Error for FetchError {}

impl From<muster_wire::ParseError> for FetchError {
    fn from(error: muster_wire::ParseError) -> Self {
        Self::NotSystemInfo(error)
    }
}

impl From<NoHead> for FetchError {
    fn from(problem: NoHead) -> Self {
        match problem {
            NoHead::NotHttp => Self::NotHttp,
            problem => Self::Broken(problem.to_string()),
        }
    }
}

fn shortened(detail: &str) -> String {
    detail.chars().take(MAX_DETAIL).collect()
}

fn certificate_reason(problem: &rustls::CertificateError) -> Reason {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
    };
    match problem {
        Expired | ExpiredContext { .. } => Reason::CertificateExpired,
        NotValidForName | NotValidForNameContext { .. } => Reason::CertificateWrongName,
        _ => Reason::CertificateUntrusted {
            detail: shortened(&problem.to_string()),
        },
    }
}

fn status_reason(status: StatusCode) -> Reason {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Reason::WrongToken,
        status => Reason::HttpStatus {
            status: status.as_u16(),
            phrase: status
                .canonical_reason()
                .unwrap_or("<unknown status code>")
                .to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_failures_are_distinguished_from_answers() {
        let text = || "text".to_owned();
        let found = Fingerprint::from_der(b"one");
        let expected = Fingerprint::from_der(b"another");
        for on_its_way in [
            FetchError::Name(text()),
            FetchError::Refused,
            FetchError::NoRoute,
            FetchError::Connect(text()),
            FetchError::ConnectTimeout(4),
            FetchError::Deadline,
            FetchError::Broken(text()),
        ] {
            assert!(on_its_way.reason().is_network_failure(), "{on_its_way}");
        }
        for answered in [
            FetchError::Tls(text()),
            FetchError::NotTls,
            FetchError::CertificateChanged { expected, found },
            FetchError::NotHttp,
            FetchError::TooLarge,
            FetchError::Status(StatusCode::UNAUTHORIZED),
            FetchError::Status(StatusCode::BAD_REQUEST),
        ] {
            assert!(!answered.reason().is_network_failure(), "{answered}");
        }
    }

    #[test]
    fn received_text_is_bounded_and_not_shown_to_strangers() {
        let long = FetchError::Broken("x".repeat(10_000));
        assert!(long.to_string().len() < 400);
        let shown = long.public_reason();
        assert_eq!(shown, Reason::ConnectionBroken { detail: None });
        assert!(long.to_string().contains("xxx"));
    }
}
