//! All mounted file systems: the local ones are asked on the spot, the others by askers.

use super::disk;
use super::mounts::Mount;
use super::remote::RemoteDisks;
use crate::collect::asker::Patience;
use muster_wire::{Disk, Series};
use std::path::{Path, PathBuf};

/// The file systems of the watched computer.
pub struct Disks {
    root: PathBuf,
    remote: RemoteDisks,
}

impl Disks {
    /// Those below `root`, where the watched computer's `/` is.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
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
    pub fn ask_remote(&mut self, mounts: &[Mount]) {
        let remote = mounts.iter().filter(|mount| mount.remote);
        let paths: Vec<PathBuf> = remote.map(|mount| self.path(mount)).collect();
        self.remote.ask(&paths);
    }

    /// Adds the readings of each. One that does not answer is left out.
    pub fn add_series(&self, mounts: &[Mount], root: Option<&Disk>, series: &mut Series) {
        let mut patience = Patience::default();
        for mount in mounts {
            let disk = if mount.point == Path::new("/") {
                root.cloned()
            } else if mount.remote {
                self.remote.value(&self.path(mount), &mut patience)
            } else {
                disk::usage(&self.path(mount)).ok()
            };
            if let Some(disk) = disk.filter(|disk| disk.total > 0) {
                disk::add_series(&mount.instance, &disk, series);
            }
        }
    }

    /// Where a mount of the watched computer is for us.
    fn path(&self, mount: &Mount) -> PathBuf {
        self.root
            .join(mount.point.strip_prefix("/").unwrap_or(&mount.point))
    }
}
