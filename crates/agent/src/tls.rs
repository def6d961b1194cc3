//! The certificate of the agent: created once, stored in a file, and identified by its SHA-256, which servers
//! pin.

mod identity;
mod line;

pub use identity::{Identity, TlsError};
pub use line::pasteable_line;

use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// The protocols that the agent accepts on its port.
#[derive(Clone, Default)]
pub struct Protocols {
    /// TLS, if there is a certificate.
    pub tls: Option<TlsAcceptor>,
    /// Whether plain HTTP is refused.
    pub tls_only: bool,
}

impl Protocols {
    /// TLS with this certificate, and plain HTTP unless `tls_only`.
    #[must_use]
    pub fn new(identity: Option<&Identity>, tls_only: bool) -> Self {
        Self {
            tls: identity.map(|identity| TlsAcceptor::from(Arc::clone(identity.config()))),
            tls_only,
        }
    }
}
