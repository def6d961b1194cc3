//! Verifies certificates, and reports the fingerprint of one that was refused.

use crate::poll::address::Fingerprint;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use std::sync::Arc;
use thiserror::Error as ThisError;

/// A certificate that was refused.
#[derive(Debug, ThisError)]
#[error("the certificate {found} is not accepted")]
pub struct Refused {
    /// The certificate that the agent presented.
    pub found: Fingerprint,
    /// Why it was refused.
    pub why: Why,
}

/// Why a certificate was refused.
#[derive(Debug)]
pub enum Why {
    /// Another certificate is pinned.
    Expected(Fingerprint),
    /// None is pinned, and the operating system does not trust this one.
    Untrusted(CertificateError),
}

impl Refused {
    /// The refused certificate, if that is why a connection failed.
    #[must_use]
    pub fn behind(error: &Error) -> Option<&Self> {
        match error {
            Error::Other(OtherError(other)) => other.downcast_ref(),
            _ => None,
        }
    }

    fn error(certificate: &CertificateDer<'_>, why: Why) -> Error {
        let found = Fingerprint::from_der(certificate);
        Error::Other(OtherError(Arc::new(Self { found, why })))
    }
}

/// Which certificates are accepted.
#[derive(Debug)]
pub enum Accepted {
    /// Those that the operating system trusts; none if it has no root certificates.
    Trusted(Option<Arc<WebPkiServerVerifier>>),
    /// Only this one. Its name and validity dates are not checked, since the operator verified it when pinning it.
    Pinned(Fingerprint),
}

/// Decides whether a certificate is accepted. In either case, rustls checks that the peer holds the private key.
#[derive(Debug)]
pub struct Verifier {
    /// Which certificates are accepted.
    pub accepted: Accepted,
    /// Algorithms to check signatures with.
    pub algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refuse = |why| Refused::error(certificate, why);
        let judged = match &self.accepted {
            Accepted::Pinned(pin) if Fingerprint::from_der(certificate) == *pin => {
                Ok(ServerCertVerified::assertion())
            }
            Accepted::Pinned(pin) => return Err(refuse(Why::Expected(*pin))),
            Accepted::Trusted(Some(inner)) => {
                inner.verify_server_cert(certificate, intermediates, name, ocsp, now)
            }
            Accepted::Trusted(None) => {
                Err(Error::InvalidCertificate(CertificateError::UnknownIssuer))
            }
        };
        judged.map_err(|error| match error {
            Error::InvalidCertificate(problem) => refuse(Why::Untrusted(problem)),
            error => error,
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_trust_store_trusts_no_certificate() {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        let accepted = Accepted::Trusted(None);
        let verifier = Verifier {
            accepted,
            algorithms,
        };
        let certificate = CertificateDer::from(vec![1, 2, 3]);
        let name = ServerName::try_from("box").unwrap();
        let judged = verifier.verify_server_cert(
            &certificate,
            &[],
            &name,
            &[],
            UnixTime::since_unix_epoch(std::time::Duration::ZERO),
        );
        let refused = judged.unwrap_err();
        let refused = Refused::behind(&refused).unwrap();
        assert_eq!(refused.found, Fingerprint::from_der(&certificate));
        assert!(matches!(refused.why, Why::Untrusted(_)));
    }
}
