//! Files: names beside the database, private files, and durable writes.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::path::Path;

/// Creates a file that only its owner can read, since it contains password hashes and tokens.
pub(super) fn create_private(path: &Path, must_be_new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false);
    if must_be_new {
        options.create_new(true);
    } else {
        options.create(true);
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Copies permissions, except those of other users, and the owner if the system allows it. The file contains
/// password hashes and tokens.
pub(super) fn copy_permissions(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::metadata(from)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let ours = fs::metadata(to)?;
        if (ours.uid(), ours.gid()) != (metadata.uid(), metadata.gid()) {
            // Only root can change the owner; otherwise this user owns the file.
            let _ = chown(to, Some(metadata.uid()), Some(metadata.gid()));
        }
    }
    fs::set_permissions(to, without_strangers(metadata.permissions()))
}

/// Removes the permissions of other users from a file.
pub(super) fn shut_out_strangers(path: &Path) -> io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    fs::set_permissions(path, without_strangers(permissions))
}

#[cfg(unix)]
fn without_strangers(mut permissions: Permissions) -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    permissions.set_mode(permissions.mode() & 0o770);
    permissions
}

#[cfg(not(unix))]
fn without_strangers(permissions: Permissions) -> Permissions {
    permissions
}

/// Syncs a file to the disk.
pub(super) async fn sync(path: &Path) -> io::Result<()> {
    tokio::fs::OpenOptions::new()
        .write(true)
        .open(path)
        .await?
        .sync_all()
        .await
}

/// Syncs the folder of a file to the disk.
pub(super) async fn sync_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        tokio::fs::File::open(folder).await?.sync_all().await?;
    }
    let _ = path;
    Ok(())
}

/// Deletes a file if it exists.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Fails if this user may not write the file.
pub(super) fn check_writable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(path, Access::WRITE_OK)?;
    }
    let _ = path;
    Ok(())
}
