//! The paths of the installed service.

use super::ServiceError;
use super::systemctl::run_systemctl;
use std::path::{Path, PathBuf};

/// The name of the service.
pub const UNIT: &str = "muster-agent.service";

/// The paths of an installed agent, below the folder that replaces `/`.
pub struct ServicePaths {
    root: PathBuf,
}

impl ServicePaths {
    /// Checks that systemd is running and that the user is root.
    ///
    /// # Errors
    /// If there is no systemd, or if the user is not root and it is not a dry run.
    pub fn new(root: &Path, dry_run: bool) -> Result<Self, ServiceError> {
        let is_system = root == Path::new("/");
        if is_system && !dry_run && !rustix::process::geteuid().is_root() {
            return Err(ServiceError::NotRoot);
        }
        let paths = Self {
            root: root.to_owned(),
        };
        if !paths.path("run/systemd/system").is_dir() || run_systemctl(["--version"]).is_err() {
            return Err(ServiceError::NoSystemd);
        }
        Ok(paths)
    }

    /// The program.
    pub fn program(&self) -> PathBuf {
        self.path("usr/local/bin/muster-agent")
    }

    /// The unit file.
    pub fn unit(&self) -> PathBuf {
        self.path("etc/systemd/system").join(UNIT)
    }

    /// Token and readings; a link if systemd created it for a dynamic user.
    pub fn state(&self) -> PathBuf {
        self.path("var/lib/muster-agent")
    }

    /// The folder in which systemd keeps the state of a dynamic user.
    pub fn private_state(&self) -> PathBuf {
        self.path("var/lib/private/muster-agent")
    }

    /// The token.
    pub fn token(&self) -> PathBuf {
        self.state().join("client_token.txt")
    }

    /// The TLS key and certificate that the service created.
    pub fn tls(&self) -> PathBuf {
        self.state().join("client_tls.pem")
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }
}
