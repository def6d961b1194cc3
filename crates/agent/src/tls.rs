//! The agent's own certificate: made once, kept in a file, and known by its SHA-256, which a server pins.

mod identity;
mod line;

pub use identity::{Identity, TlsError};
pub use line::pasteable_line;

use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What the agent speaks on its port.
#[derive(Clone, Default)]
pub struct Speech {
    /// TLS, where there is a certificate.
    pub tls: Option<TlsAcceptor>,
    /// Whether plain HTTP is refused.
    pub tls_alone: bool,
}

impl Speech {
    /// TLS with this certificate, and plain HTTP unless `tls_alone`.
    #[must_use]
    pub fn new(identity: Option<&Identity>, tls_alone: bool) -> Self {
        Self {
            tls: identity.map(|identity| TlsAcceptor::from(Arc::clone(identity.config()))),
            tls_alone,
        }
    }
}
