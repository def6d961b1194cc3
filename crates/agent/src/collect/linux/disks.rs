//! All mounted file systems: the local ones are asked on the spot, the others by askers.

use super::disk;
use super::mounts::{Mount, Mounts};
use super::remote::RemoteDisks;
use super::source::{Folder, SourceError};
use crate::collect::asker::Patience;
use muster_wire::{Disk, Series};
use std::path::{Path, PathBuf};

/// The file systems of the watched computer.
pub struct Disks {
    root: PathBuf,
    mounts: Mounts,
    remote: RemoteDisks,
}

impl Disks {
    /// Those below `root`, where the watched computer's `/` is.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            mounts: Mounts::default(),
            remote: RemoteDisks::new(disk::usage),
        }
    }

    /// The disk of `/`.
    ///
    /// # Errors
    /// A sentence where it does not say.
    pub fn read_root(&self) -> Result<Disk, String> {
        let path = self.root.display();
        disk::usage(&self.root).map_err(|error| format!("cannot ask {path} for its room: {error}"))
    }

    /// Asks those that may take for ever, so that their values are there when they are wanted.
    ///
    /// # Errors
    /// A [`SourceError`] where the mounts cannot be read.
    pub fn ask_remote(&mut self, proc: &mut Folder) -> Result<(), SourceError> {
        let mounts = self.mounts.read(proc)?;
        let remote = mounts.iter().filter(|mount| mount.remote);
        let paths: Vec<PathBuf> = remote.map(|mount| path(&self.root, mount)).collect();
        self.remote.ask(&paths);
        Ok(())
    }

    /// Adds the readings of each. One that does not answer is left out.
    ///
    /// # Errors
    /// A [`SourceError`] where the mounts cannot be read.
    pub fn add_series(
        &mut self,
        proc: &mut Folder,
        root: Option<&Disk>,
        series: &mut Series,
    ) -> Result<(), SourceError> {
        self.ask_remote(proc)?;
        let mut patience = Patience::default();
        for mount in self.mounts.read(proc)? {
            let disk = if mount.point == Path::new("/") {
                root.cloned()
            } else if mount.remote {
                self.remote.value(&path(&self.root, mount), &mut patience)
            } else {
                disk::usage(&path(&self.root, mount)).ok()
            };
            if let Some(disk) = disk.filter(|disk| disk.total > 0) {
                disk::add_series(&mount.instance, &disk, series);
            }
        }
        Ok(())
    }
}

/// Where a mount of the watched computer is for us.
fn path(root: &Path, mount: &Mount) -> PathBuf {
    root.join(mount.point.strip_prefix("/").unwrap_or(&mount.point))
}
