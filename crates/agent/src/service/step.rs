//! What is done to set the service up or to take it away, one thing at a time.

use super::ServiceError;
use super::place::systemctl;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// One thing.
pub enum Step {
    /// Copy a program, unless the same is there.
    Copy {
        /// Which.
        from: PathBuf,
        /// Where to.
        to: PathBuf,
    },
    /// Write a file, unless the same is there.
    Write {
        /// Which.
        path: PathBuf,
        /// What is in it.
        text: String,
    },
    /// Remove a file, a link or a folder with all that is in it, where there is one.
    Remove(PathBuf),
    /// Have systemd do something.
    Systemctl([&'static str; 2]),
    /// Have systemd read its units anew.
    Reload,
}

impl Step {
    /// What it is, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Copy { from, to } => format!("copy {} to {}", from.display(), to.display()),
            Self::Write { path, text } => format!("write {}:\n{text}", path.display()),
            Self::Remove(path) => format!("remove {}", path.display()),
            Self::Systemctl(words) => format!("run systemctl {}", words.join(" ")),
            Self::Reload => "run systemctl daemon-reload".to_owned(),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What went wrong, with which file or command.
    pub fn take(&self) -> Result<(), ServiceError> {
        match self {
            Self::Copy { from, to } => copy(from, to).map_err(|source| failed("write", to, source)),
            Self::Write { path, text } => replace(path, text.as_bytes(), 0o644)
                .map_err(|source| failed("write", path, source)),
            Self::Remove(path) => remove(path).map_err(|source| failed("remove", path, source)),
            Self::Systemctl(words) => systemctl(*words),
            Self::Reload => systemctl(["daemon-reload"]),
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

/// The whole file at once: a program that runs cannot be written into, and a unit is never half there.
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
