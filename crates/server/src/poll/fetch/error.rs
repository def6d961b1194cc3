//! Why a poll failed: a class of its own for each cause, in words for a person.

use super::framing::NoHead;
use super::verify::{Refused, Why};
use crate::ops::descriptors::is_short;
use crate::poll::address::Fingerprint;
use http::StatusCode;
use std::io;
use std::net::IpAddr;
use thiserror::Error;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum FetchError {
    /// No address for the name.
    #[error("the name \"{0}\" could not be resolved")]
    Name(String),
    /// The operator does not want it.
    #[error("this server may not connect to {0} (--deny-targets)")]
    Denied(IpAddr),
    /// Nobody listens there.
    #[error("connection refused")]
    Refused,
    /// No way there.
    #[error("no route to the computer")]
    NoRoute,
    /// The system gives this server no descriptor for a connection.
    #[error("this server may not open more files: raise its limit (ulimit -n)")]
    Short,
    /// Another failure while connecting.
    #[error("could not connect: {0}")]
    Connect(String),
    /// Connecting took too long.
    #[error("no connection within {0} s")]
    ConnectTimeout(u64),
    /// Connected, but not answered in time.
    #[error("no answer within 10 s")]
    Deadline,
    /// No secure connection.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// A certificate that nobody vouches for.
    #[error("TLS failed: {problem}")]
    Untrusted {
        /// What is wrong with it.
        problem: String,
        /// The certificate.
        found: Fingerprint,
    },
    /// Another certificate than the one that was pinned.
    #[error(
        "its certificate changed: expected SHA-256 {}, found {}; if the agent was set up anew, take the new one over, else somebody may be intercepting the connection",
        expected.short(),
        found.short()
    )]
    CertificateChanged {
        /// The one that was pinned.
        expected: Fingerprint,
        /// The one that was shown.
        found: Fingerprint,
    },
    /// The connection ended, or what came is not understood.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// Another protocol.
    #[error("what listens there does not speak HTTP")]
    NotHttp,
    /// Too much of an answer.
    #[error("answered more than 1 MiB")]
    TooLarge,
    /// Another status than 200.
    #[error("{}", status_sentence(*.0))]
    Status(StatusCode),
    /// Not what an agent answers.
    #[error("answered something that is not system information: {0}")]
    NotSystemInfo(#[from] muster_wire::ParseError),
}

/// Whether a call failed on its way, and not by what was answered, as far as its sentence tells: events keep
/// nothing else.
#[must_use]
pub fn is_of_the_network(sentence: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "the name ",
        "connection refused",
        "no route ",
        "could not connect",
        "no connection within",
        "no answer within",
        "the connection broke",
    ];
    let mut beginnings = BEGINNINGS.iter();
    beginnings.any(|beginning| sentence.starts_with(beginning))
}

impl FetchError {
    /// For who tries an address: the sentence without what came from there.
    #[must_use]
    pub fn class(&self) -> String {
        match self {
            Self::NotSystemInfo(_) => "answered something that is not system information".into(),
            Self::Broken(_) => "the connection broke".into(),
            error => error.to_string(),
        }
    }

    /// The class of a failure to connect.
    #[must_use]
    pub fn connecting(error: &io::Error) -> Self {
        use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
        match error.kind() {
            _ if is_short(error) => Self::Short,
            ConnectionRefused => Self::Refused,
            HostUnreachable | NetworkUnreachable => Self::NoRoute,
            TimedOut => Self::Deadline,
            _ => Self::Connect(error.to_string()),
        }
    }

    /// What a TLS failure means to whoever set the computer up.
    #[must_use]
    pub fn tls(error: &io::Error) -> Self {
        let inner = error
            .get_ref()
            .and_then(|error| error.downcast_ref::<rustls::Error>());
        match inner.and_then(Refused::behind) {
            Some(&Refused {
                found,
                why: Why::Expected(expected),
            }) => Self::CertificateChanged { expected, found },
            Some(Refused {
                found,
                why: Why::Untrusted(problem),
            }) => Self::Untrusted {
                problem: certificate_sentence(problem),
                found: *found,
            },
            None => Self::Tls(tls_sentence(error, inner)),
        }
    }

    /// The certificate that was shown and not accepted, where that is why.
    #[must_use]
    pub fn certificate(&self) -> Option<Fingerprint> {
        match self {
            Self::Untrusted { found, .. } | Self::CertificateChanged { found, .. } => Some(*found),
            _ => None,
        }
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

fn tls_sentence(error: &io::Error, inner: Option<&rustls::Error>) -> String {
    match inner {
        Some(rustls::Error::InvalidMessage(_)) => {
            "what listens there does not speak TLS: try http:// in place of https://".into()
        }
        Some(rustls::Error::InvalidCertificate(problem)) => certificate_sentence(problem),
        _ => error.to_string(),
    }
}

fn certificate_sentence(problem: &rustls::CertificateError) -> String {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
    };
    match problem {
        Expired | ExpiredContext { .. } => "its certificate has expired".into(),
        NotValidForName | NotValidForNameContext { .. } => {
            "its certificate is for another name than the one in the address".into()
        }
        _ => {
            format!("its certificate is not trusted by this server's operating system ({problem})")
        }
    }
}

fn status_sentence(status: StatusCode) -> String {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "wrong token".into(),
        StatusCode::BAD_REQUEST => {
            "answered 400 Bad Request: an agent that answers TLS alone does so where its address begins with \
             http:// (its muster:// line has the right one)"
                .into()
        }
        StatusCode::NOT_FOUND => {
            "answered 404 Not Found: something else than an agent listens at this address".into()
        }
        StatusCode::INTERNAL_SERVER_ERROR => {
            "answered 500 Internal Server Error: the FastAPI client does so for a wrong token"
                .into()
        }
        status if status.is_redirection() && status != StatusCode::NOT_MODIFIED => {
            format!("answered {status}: redirects are not followed, give the address they lead to")
        }
        status => format!("answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_whether_it_was_the_network() {
        let text = || "text".to_owned();
        let found = Fingerprint::of(b"one");
        let expected = Fingerprint::of(b"another");
        for on_its_way in [
            FetchError::Name(text()),
            FetchError::Refused,
            FetchError::NoRoute,
            FetchError::Connect(text()),
            FetchError::ConnectTimeout(4),
            FetchError::Deadline,
            FetchError::Broken(text()),
        ] {
            assert!(is_of_the_network(&on_its_way.to_string()), "{on_its_way}");
        }
        for answered in [
            FetchError::Tls(text()),
            FetchError::CertificateChanged { expected, found },
            FetchError::NotHttp,
            FetchError::TooLarge,
            FetchError::Status(StatusCode::UNAUTHORIZED),
            FetchError::Status(StatusCode::BAD_REQUEST),
        ] {
            assert!(!is_of_the_network(&answered.to_string()), "{answered}");
        }
    }
}
