//! The flags for TLS of the dashboard.

use clap::Args;
use std::path::PathBuf;

/// TLS of the dashboard.
#[derive(Args, Clone, Debug, Default)]
pub struct TlsArgs {
    /// PEM file with the certificate of the dashboard and its intermediate certificates; enables https, and is
    /// reloaded when it changes
    #[arg(
        long,
        env = "MUSTER_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_cert: Option<PathBuf>,
    /// PEM file with the private key of that certificate
    #[arg(
        long,
        env = "MUSTER_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    pub tls_key: Option<PathBuf>,
}
