//! All mounted file systems: local ones are read directly, remote ones in the background.

use super::disk;
use super::mounts::{Mount, Mounts};
use super::remote::RemoteDisks;
use super::source::{SourceError, SourceFolder};
use crate::collect::background::WaitBudget;
use muster_wire::{Disk, Series};
use std::path::{Path, PathBuf};

/// The file systems of the watched computer.
pub struct Disks {
    root: PathBuf,
    mounts: Mounts,
    remote: RemoteDisks,
}

impl Disks {
    /// The file systems below `root`, where `/` of the watched computer is mounted.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            mounts: Mounts::default(),
            remote: RemoteDisks::new(disk::read_usage),
        }
    }

    /// The file system at `/`.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    pub fn read_root(&self) -> Result<Disk, String> {
        let path = self.root.display();
        disk::read_usage(&self.root)
            .map_err(|error| format!("cannot read the disk usage of {path}: {error}"))
    }

    /// Starts to read the file systems that may never answer, so that their values are ready when needed.
    ///
    /// # Errors
    /// A [`SourceError`] if the mounts cannot be read.
    pub fn start_remote_reads(&mut self, proc: &mut SourceFolder) -> Result<(), SourceError> {
        let mounts = self.mounts.refresh(proc)?;
        let remote = mounts.iter().filter(|mount| mount.remote);
        let paths: Vec<PathBuf> = remote.map(|mount| path(&self.root, mount)).collect();
        self.remote.start_reads(&paths);
        Ok(())
    }

    /// Adds the series of each file system. One that does not answer is left out.
    ///
    /// # Errors
    /// A [`SourceError`] if the mounts cannot be read.
    pub fn add_series(
        &mut self,
        proc: &mut SourceFolder,
        root: Option<&Disk>,
        series: &mut Series,
    ) -> Result<(), SourceError> {
        self.start_remote_reads(proc)?;
        let mut budget = WaitBudget::default();
        for mount in self.mounts.refresh(proc)? {
            let disk = if mount.point == Path::new("/") {
                root.cloned()
            } else if mount.remote {
                self.remote
                    .latest_value(&path(&self.root, mount), &mut budget)
            } else {
                disk::read_usage(&path(&self.root, mount)).ok()
            };
            if let Some(disk) = disk.filter(|disk| disk.total > 0) {
                disk::add_series(&mount.instance, &disk, series);
            }
        }
        Ok(())
    }
}

/// The path at which this process sees a mount of the watched computer.
fn path(root: &Path, mount: &Mount) -> PathBuf {
    root.join(mount.point.strip_prefix("/").unwrap_or(&mount.point))
}
