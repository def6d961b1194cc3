//! File systems that may never answer: each has a background reader, up to a limit.

use crate::collect::background::{BackgroundReader, WaitBudget};
use muster_wire::Disk;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Maximum number of threads, whether waiting for a request or hanging in a read.
const MAX_THREADS: usize = 8;

/// Enough for reading the usage of a file system.
const STACK_BYTES: usize = 64 << 10;

/// Reads the usage of a file system; tests pass one that hangs.
pub type ReadDisk = fn(&Path) -> io::Result<Disk>;

/// The mounted remote file systems.
pub struct RemoteDisks {
    read_disk: ReadDisk,
    threads: Arc<AtomicUsize>,
    disks: Vec<(PathBuf, BackgroundReader<Disk>)>,
}

impl RemoteDisks {
    /// Starts empty and without threads.
    pub fn new(read_disk: ReadDisk) -> Self {
        Self {
            read_disk,
            threads: Arc::default(),
            disks: Vec::new(),
        }
    }

    /// Starts to read these file systems, and forgets those that are not mounted any more.
    pub fn start_reads(&mut self, paths: &[PathBuf]) {
        self.disks.retain(|(known, _)| paths.contains(known));
        for path in paths {
            if !self.disks.iter().any(|(known, _)| known == path) {
                let reader = self.start(path);
                self.disks
                    .extend(reader.map(|reader| (path.clone(), reader)));
            }
        }
        for (_, reader) in &self.disks {
            reader.start_read();
        }
    }

    /// The latest fresh value of this file system.
    pub fn latest_value(&self, path: &Path, budget: &mut WaitBudget) -> Option<Disk> {
        let (_, reader) = self.disks.iter().find(|(known, _)| known == path)?;
        reader.latest_value(budget)
    }

    fn start(&self, path: &Path) -> Option<BackgroundReader<Disk>> {
        let permit = ThreadPermit::acquire(&self.threads)?;
        let (read_disk, path) = (self.read_disk, path.to_owned());
        let read_disk = move || {
            let _held = &permit;
            read_disk(&path).ok()
        };
        BackgroundReader::new(STACK_BYTES, read_disk).ok()
    }
}

/// One of the [`MAX_THREADS`]; released when the thread ends.
struct ThreadPermit(Arc<AtomicUsize>);

impl ThreadPermit {
    /// Only the collector acquires permits, one at a time, so there is no race between load and add.
    fn acquire(threads: &Arc<AtomicUsize>) -> Option<Self> {
        if threads.load(Ordering::Relaxed) >= MAX_THREADS {
            return None;
        }
        threads.fetch_add(1, Ordering::Relaxed);
        Some(Self(Arc::clone(threads)))
    }
}

impl Drop for ThreadPermit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
