//! TLS to agents: the certificate must be the pinned one, or one that the operating system trusts.

use super::verify::{Accepted, Verifier};
use crate::poll::address::Fingerprint;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use std::sync::{Arc, LazyLock};

/// TLS 1.2 and 1.3 with the operating system's certificates.
///
/// # Errors
/// The TLS library cannot be configured.
pub fn client_config() -> anyhow::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "cannot read a certificate of the operating system");
    }
    roots.add_parsable_certificates(found.certs);
    let provider = provider();
    // Without root certificates, no certificate is trusted.
    let inner = if roots.is_empty() {
        None
    } else {
        Some(WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone()).build()?)
    };
    Ok(Arc::new(config(provider, Accepted::Trusted(inner))?))
}

/// TLS 1.2 and 1.3 with one pinned certificate.
///
/// # Errors
/// The TLS library cannot be configured.
pub fn pinned_config(expected: Fingerprint) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut config = config(provider(), Accepted::Pinned(expected))?;
    // This configuration serves a single connection.
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// One provider for all connections: there may be ten thousand, each with its own configuration.
fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> =
        LazyLock::new(|| Arc::new(rustls::crypto::ring::default_provider()));
    PROVIDER.clone()
}

fn config(
    provider: Arc<CryptoProvider>,
    accepted: Accepted,
) -> Result<ClientConfig, rustls::Error> {
    let algorithms = provider.signature_verification_algorithms;
    let verifier = Arc::new(Verifier {
        accepted,
        algorithms,
    });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // Needed to put a connection to rest.
    config.enable_secret_extraction = true;
    Ok(config)
}
