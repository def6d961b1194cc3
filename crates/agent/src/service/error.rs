//! Why the service could not be set up or taken away; the text says what to do.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why it was not done.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Not Linux.
    #[error(
        "this is for Linux with systemd; here, have the system start muster-agent by its own means, in a folder that it may write"
    )]
    OtherSystem,
    /// Linux without systemd.
    #[error(
        "this computer is not run by systemd: have what starts programs here start muster-agent, in a folder that it may write"
    )]
    NoSystemd,
    /// Somebody who may not.
    #[error("only root may set up a service: run it with sudo, or try --dry-run")]
    NotRoot,
    /// The port is not to be had.
    #[error("{0}, or give another --listen to install")]
    Port(String),
    /// A file could not be written, copied or removed.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// systemctl failed.
    #[error("`systemctl {command}` failed: {said}")]
    Systemctl {
        /// Its words.
        command: String,
        /// What it said.
        said: String,
    },
    /// The service was started and does not answer.
    #[error(
        "the service was set up and does not answer on {address}: `journalctl -u muster-agent` says why"
    )]
    Silent {
        /// Where it should.
        address: std::net::SocketAddr,
    },
}
