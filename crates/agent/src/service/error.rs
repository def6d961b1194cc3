//! Errors of `install` and `uninstall`; the text says what to do.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why it failed.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Not Linux.
    #[error(
        "this command needs Linux with systemd; configure this system to start muster-agent in a writable folder"
    )]
    OtherSystem,
    /// Linux without systemd.
    #[error(
        "this computer does not run systemd; configure it to start muster-agent in a writable folder"
    )]
    NoSystemd,
    /// Not root.
    #[error("only root can install or remove a service; use sudo, or try --dry-run")]
    NotRoot,
    /// The port cannot be used.
    #[error("{0}")]
    Port(String),
    /// A file could not be written, copied or removed.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// What was attempted.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// systemctl failed.
    #[error("`systemctl {command}` failed: {said}")]
    Systemctl {
        /// Its arguments.
        command: String,
        /// Its error output.
        said: String,
    },
    /// The service was started but does not answer.
    #[error(
        "the service was installed but does not answer at {address}; see `journalctl -u muster-agent`"
    )]
    NotAnswering {
        /// Where it should answer.
        address: std::net::SocketAddr,
    },
}
