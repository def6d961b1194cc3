//! The flags of TLS.

use clap::Args;
use std::path::PathBuf;

/// How the server speaks TLS.
#[derive(Args, Clone, Debug, Default)]
pub struct TlsArgs {
    /// The certificate with which the dashboard speaks https, and those between it and its root, as PEM;
    /// read again when it changes
    #[arg(
        long,
        env = "MUSTER_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_cert: Option<PathBuf>,
    /// The key of that certificate, as PEM
    #[arg(
        long,
        env = "MUSTER_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    pub tls_key: Option<PathBuf>,
}
