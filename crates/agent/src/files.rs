//! Files that are nobody else's business (secrets, names of processes): whole at every moment, and their
//! owner's alone.

#[cfg(windows)]
mod windows;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(windows)]
pub use windows::{create_private_folder, tighten};

/// Writes a file that nobody else may read, so that it is whole at every moment.
///
/// # Errors
/// What the system said.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    write_private_like(path, path, content)
}

/// The same, owned by whoever owns another file.
///
/// # Errors
/// What the system said.
pub fn write_private_like(path: &Path, model: &Path, content: &[u8]) -> io::Result<()> {
    // A link's target is replaced, not the link.
    let target = target_of(path)?;
    replace(&target, model, content).or_else(|error| {
        // A file that is mounted into a container can be written and not replaced.
        if target.is_file() {
            overwrite(&target, content).map_err(|_| error)
        } else {
            Err(error)
        }
    })
}

/// A file to add to, which nobody else may read; made where there is none.
///
/// # Errors
/// What the system said.
pub fn append_private(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().create(true).append(true)).open(path)
}

/// Whoever may write a link must not have root write what lies behind it.
#[cfg(unix)]
fn target_of(path: &Path) -> io::Result<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let Ok(target) = fs::canonicalize(path) else {
        return Ok(path.to_owned());
    };
    let (link, behind) = (fs::symlink_metadata(path)?, fs::metadata(&target)?);
    if link.is_symlink() && link.uid() != behind.uid() {
        let sentence = "it is a link to a file of another owner";
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
            give(&file, &temporary, model);
            write_all(file, content)
        })
        .and_then(|()| fs::rename(&temporary, target));
    if result.is_err() {
        // What could not be made cannot be removed either; the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// What root writes for an agent is the agent's: else it could not read it any more. Whoever is not root can
/// give nothing away, and need not.
#[cfg(unix)]
fn give(file: &File, _: &Path, model: &Path) {
    use std::os::unix::fs::{MetadataExt, fchown};
    if let Ok(owner) = fs::metadata(model) {
        let _ = fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}

/// Shut before anything is in it. Where that cannot be, [`tighten`] says so at the start.
#[cfg(windows)]
fn give(_: &File, path: &Path, _: &Path) {
    let _ = windows::shut(path);
}

fn overwrite(target: &Path, content: &[u8]) -> io::Result<()> {
    write_all(
        OpenOptions::new().write(true).truncate(true).open(target)?,
        content,
    )?;
    let _ = tighten("file", target);
    Ok(())
}

/// A file that a power cut leaves empty would cost the computer its place on the dashboard.
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

/// Who opens a file while it is still empty and open to all, could read later what is written.
#[cfg(windows)]
fn unshared(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::windows::fs::OpenOptionsExt::share_mode(options, 0)
}

#[cfg(unix)]
fn unshared(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes a folder for such files, and those that it lies in, unless it is there.
///
/// # Errors
/// What the system said.
#[cfg(unix)]
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Takes a file that others may read away from them; says what it did or could not do.
#[cfg(unix)]
#[must_use]
pub fn tighten(what: &str, path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode();
    if mode & 0o077 == 0 {
        return None;
    }
    let path_text = path.display();
    Some(
        match fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
            Ok(()) => format!("others could read the {what} {path_text}; its mode is 0600 now"),
            Err(error) => {
                format!("others can read the {what} {path_text}, its mode stays: {error}")
            }
        },
    )
}
