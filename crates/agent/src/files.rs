//! Files that are nobody else's business (secrets, names of processes): whole at every moment, and their
//! owner's alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file that nobody else may read, so that it is whole at every moment.
///
/// # Errors
/// What the system said.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    // A link's target is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, content).or_else(|error| {
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

fn replace(target: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = target.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(name);
    let result = private(OpenOptions::new().write(true).create_new(true))
        .open(&temporary)
        .and_then(|file| write_all(file, content))
        .and_then(|()| fs::rename(&temporary, target));
    if result.is_err() {
        // What could not be made cannot be removed either; the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    result
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

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
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

/// Elsewhere the folder's access list decides.
#[cfg(not(unix))]
#[must_use]
pub fn tighten(_: &str, _: &Path) -> Option<String> {
    None
}
