//! The steps of installing and removing the service.

use super::ServiceError;
use super::systemctl::run_systemctl;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// One step.
pub enum Step {
    /// Copy a program, unless it is already there.
    Copy {
        /// The source.
        from: PathBuf,
        /// The target.
        to: PathBuf,
    },
    /// Write a file, unless it is already there.
    Write {
        /// The file.
        path: PathBuf,
        /// Its content.
        text: String,
    },
    /// Remove a file, a link or a folder with its content, if it exists.
    Remove(PathBuf),
    /// Run `systemctl` with two arguments.
    Systemctl([&'static str; 2]),
    /// Let systemd reload its units.
    Reload,
}

impl Step {
    /// A description for a dry run.
    pub fn description(&self) -> String {
        match self {
            Self::Copy { from, to } => format!("copy {} to {}", from.display(), to.display()),
            Self::Write { path, text } => format!("write {}:\n{text}", path.display()),
            Self::Remove(path) => format!("remove {}", path.display()),
            Self::Systemctl(words) => format!("run systemctl {}", words.join(" ")),
            Self::Reload => "run systemctl daemon-reload".to_owned(),
        }
    }

    /// Executes the step.
    ///
    /// # Errors
    /// What failed, with the file or command.
    pub fn execute(&self) -> Result<(), ServiceError> {
        match self {
            Self::Copy { from, to } => copy(from, to).map_err(|source| failed("write", to, source)),
            Self::Write { path, text } => replace(path, text.as_bytes(), 0o644)
                .map_err(|source| failed("write", path, source)),
            Self::Remove(path) => remove(path).map_err(|source| failed("remove", path, source)),
            Self::Systemctl(words) => run_systemctl(*words),
            Self::Reload => run_systemctl(["daemon-reload"]),
        }
    }
}

fn failed(what: &'static str, path: &Path, source: io::Error) -> ServiceError {
    ServiceError::File {
        what,
        path: path.to_owned(),
        source,
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    replace(to, &fs::read(from)?, 0o755)
}

/// Replaces the file atomically: a running program cannot be overwritten, and a unit must never be incomplete.
fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::set_permissions(&beside, fs::Permissions::from_mode(mode))?;
    fs::rename(&beside, path)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
