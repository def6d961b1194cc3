//! Which certificates are accepted, and which one was found where none was.

use crate::target::Fingerprint;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use std::sync::Arc;
use thiserror::Error as ThisError;

/// A certificate that was not accepted.
#[derive(Debug, ThisError)]
#[error("the certificate {found} is not accepted")]
pub struct Refused {
    /// The one that was shown.
    pub found: Fingerprint,
    /// Why not.
    pub why: Why,
}

/// Why a certificate was not accepted.
#[derive(Debug)]
pub enum Why {
    /// Another one is pinned.
    Expected(Fingerprint),
    /// None is pinned, and the operating system does not trust this one.
    Untrusted(CertificateError),
}

impl Refused {
    /// What was refused, where that is why a connection failed.
    #[must_use]
    pub fn behind(error: &Error) -> Option<&Self> {
        match error {
            Error::Other(OtherError(other)) => other.downcast_ref(),
            _ => None,
        }
    }

    fn error(certificate: &CertificateDer<'_>, why: Why) -> Error {
        let found = Fingerprint::of(certificate);
        Error::Other(OtherError(Arc::new(Self { found, why })))
    }
}

/// Accepts what the operating system trusts.
#[derive(Debug)]
pub struct Trusting {
    /// Who checks; nobody where the operating system trusts nobody.
    pub inner: Option<Arc<WebPkiServerVerifier>>,
    /// How signatures are checked.
    pub algorithms: WebPkiSupportedAlgorithms,
}

/// Accepts one certificate, whatever its name and its dates: whoever pinned it knew it by itself.
#[derive(Debug)]
pub struct Pinned {
    /// The certificate.
    pub expected: Fingerprint,
    /// How signatures are checked.
    pub algorithms: WebPkiSupportedAlgorithms,
}

impl Trusting {
    fn judge(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let inner = self.inner.as_ref().ok_or(unknown)?;
        inner.verify_server_cert(certificate, intermediates, name, ocsp, now)
    }
}

/// That whoever shows a certificate holds its key is checked for all alike.
macro_rules! verifier {
    ($verifier:ty, $verify:item) => {
        impl ServerCertVerifier for $verifier {
            $verify

            fn verify_tls12_signature(
                &self,
                message: &[u8],
                certificate: &CertificateDer<'_>,
                signed: &DigitallySignedStruct,
            ) -> Result<HandshakeSignatureValid, Error> {
                verify_tls12_signature(message, certificate, signed, &self.algorithms)
            }

            fn verify_tls13_signature(
                &self,
                message: &[u8],
                certificate: &CertificateDer<'_>,
                signed: &DigitallySignedStruct,
            ) -> Result<HandshakeSignatureValid, Error> {
                verify_tls13_signature(message, certificate, signed, &self.algorithms)
            }

            fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
                self.algorithms.supported_schemes()
            }
        }
    };
}

verifier! {
    Trusting,
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(certificate, intermediates, name, ocsp, now)
            .map_err(|error| match error {
                Error::InvalidCertificate(problem) => {
                    Refused::error(certificate, Why::Untrusted(problem))
                }
                error => error,
            })
    }
}

verifier! {
    Pinned,
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match Fingerprint::of(certificate) == self.expected {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(Refused::error(certificate, Why::Expected(self.expected))),
        }
    }
}
