//! Where everything of the service lies.

use super::ServiceError;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The service's name.
pub const UNIT: &str = "muster-agent.service";

/// The paths of an installed agent, below what stands for `/`.
pub struct Place {
    root: PathBuf,
}

impl Place {
    /// Below that folder, which systemd runs and whose owner this is.
    ///
    /// # Errors
    /// Where there is no systemd, or who asks is not root, unless nothing is going to be done.
    pub fn new(root: &Path, dry_run: bool) -> Result<Self, ServiceError> {
        let is_system = root == Path::new("/");
        if is_system && !dry_run && !rustix::process::geteuid().is_root() {
            return Err(ServiceError::NotRoot);
        }
        let place = Self {
            root: root.to_owned(),
        };
        if !place.path("run/systemd/system").is_dir() || systemctl(["--version"]).is_err() {
            return Err(ServiceError::NoSystemd);
        }
        Ok(place)
    }

    /// The program.
    pub fn program(&self) -> PathBuf {
        self.path("usr/local/bin/muster-agent")
    }

    /// What tells systemd of it.
    pub fn unit(&self) -> PathBuf {
        self.path("etc/systemd/system").join(UNIT)
    }

    /// Its token and its readings; a link, where systemd made it for a user who comes and goes.
    pub fn state(&self) -> PathBuf {
        self.path("var/lib/muster-agent")
    }

    /// Where systemd keeps the state of such users.
    pub fn private_state(&self) -> PathBuf {
        self.path("var/lib/private/muster-agent")
    }

    /// The token.
    pub fn token(&self) -> PathBuf {
        self.state().join("client_token.txt")
    }

    /// The key and the certificate, as the service made them.
    pub fn tls(&self) -> PathBuf {
        self.state().join("client_tls.pem")
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }
}

/// Runs systemctl.
///
/// # Errors
/// What it said.
pub fn systemctl<const N: usize>(words: [&str; N]) -> Result<(), ServiceError> {
    let output = Command::new("systemctl")
        .args(words.map(OsStr::new))
        .stdin(Stdio::null())
        .output();
    let said = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(ServiceError::Systemctl {
        command: words.join(" "),
        said,
    })
}
