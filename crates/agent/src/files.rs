//! Files with private content (secrets, process names): always complete, and readable only by their owner.

#[cfg(windows)]
mod windows;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(windows)]
pub use windows::{create_private_folder, make_private};

/// Writes a file atomically that only its owner may read.
///
/// # Errors
/// The error of the system.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    write_private_like(path, path, content)
}

/// Like `write_private`, with the owner of another file.
///
/// # Errors
/// The error of the system.
pub fn write_private_like(path: &Path, model: &Path, content: &[u8]) -> io::Result<()> {
    // If the path is a link, its target is replaced, not the link.
    let target = target_of(path)?;
    replace(&target, model, content).or_else(|error| {
        // A file mounted into a container can be written but not replaced.
        if target.is_file() {
            overwrite(&target, content).map_err(|_| error)
        } else {
            Err(error)
        }
    })
}

/// Opens a file for appending that only its owner may read; creates it if needed.
///
/// # Errors
/// The error of the system.
pub fn append_private(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().create(true).append(true)).open(path)
}

/// Refuses links to files of another owner: otherwise the owner of a link could make root overwrite any file.
#[cfg(unix)]
fn target_of(path: &Path) -> io::Result<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let Ok(target) = fs::canonicalize(path) else {
        return Ok(path.to_owned());
    };
    let (link, behind) = (fs::symlink_metadata(path)?, fs::metadata(&target)?);
    if link.is_symlink() && link.uid() != behind.uid() {
        let sentence = "it is a link to a file with a different owner";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, sentence));
    }
    Ok(target)
}

#[cfg(windows)]
fn target_of(path: &Path) -> io::Result<PathBuf> {
    Ok(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
}

fn replace(target: &Path, model: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = target.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(name);
    let result = unshared(private(OpenOptions::new().write(true).create_new(true)))
        .open(&temporary)
        .and_then(|file| {
            set_owner(&file, &temporary, model);
            write_all(file, content)
        })
        .and_then(|()| fs::rename(&temporary, target));
    if result.is_err() {
        // Ignored: the first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// A file that root writes for an agent must belong to the agent, which could not read it otherwise. Without
/// root this fails, and is not needed.
#[cfg(unix)]
fn set_owner(file: &File, _: &Path, model: &Path) {
    use std::os::unix::fs::{MetadataExt, fchown};
    if let Ok(owner) = fs::metadata(model) {
        let _ = fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}

/// Restricts access before anything is written. If this fails, [`make_private`] reports it at the start.
#[cfg(windows)]
fn set_owner(_: &File, path: &Path, _: &Path) {
    let _ = windows::restrict_to_owner(path);
}

fn overwrite(target: &Path, content: &[u8]) -> io::Result<()> {
    write_all(
        OpenOptions::new().write(true).truncate(true).open(target)?,
        content,
    )?;
    let _ = make_private("file", target);
    Ok(())
}

/// Syncs: a file emptied by a power cut would cost the computer its token.
fn write_all(mut file: File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(windows)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Denies sharing: a program that opens the file while it is still empty and unrestricted could read it later.
#[cfg(windows)]
fn unshared(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::windows::fs::OpenOptionsExt::share_mode(options, 0)
}

#[cfg(unix)]
fn unshared(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Creates a folder for such files, with its parents, unless it exists.
///
/// # Errors
/// The error of the system.
#[cfg(unix)]
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Restricts a file that others may read to its owner; returns a notice about what it did or could not do.
#[cfg(unix)]
#[must_use]
pub fn make_private(what: &str, path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode();
    if mode & 0o077 == 0 {
        return None;
    }
    let path_text = path.display();
    Some(
        match fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
            Ok(()) => {
                format!("others could read the {what} {path_text}; its mode is now 0600")
            }
            Err(error) => {
                format!("others can read the {what} {path_text}: cannot change its mode: {error}")
            }
        },
    )
}
