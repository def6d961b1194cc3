//! File systems that may take for ever to answer: one asker each, and only so many.

use crate::collect::asker::{Asker, Patience};
use muster_wire::Disk;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads, at most, whether they wait for a question or hang in one.
const MAX_THREADS: usize = 8;

/// To ask a file system needs no more.
const STACK_BYTES: usize = 64 << 10;

/// How a file system is asked; a test puts one in that hangs.
pub type Ask = fn(&Path) -> io::Result<Disk>;

/// The network's file systems that are mounted.
pub struct RemoteDisks {
    ask: Ask,
    threads: Arc<AtomicUsize>,
    disks: Vec<(PathBuf, Asker<Disk>)>,
}

impl RemoteDisks {
    /// Knows none yet and has no thread.
    pub fn new(ask: Ask) -> Self {
        Self {
            ask,
            threads: Arc::default(),
            disks: Vec::new(),
        }
    }

    /// Asks these, and forgets those that are not mounted any more.
    pub fn ask(&mut self, paths: &[PathBuf]) {
        self.disks.retain(|(known, _)| paths.contains(known));
        for path in paths {
            if !self.disks.iter().any(|(known, _)| known == path) {
                let asker = self.start(path);
                self.disks.extend(asker.map(|asker| (path.clone(), asker)));
            }
        }
        for (_, asker) in &self.disks {
            asker.ask();
        }
    }

    /// What this one answered lately.
    pub fn value(&self, path: &Path, patience: &mut Patience) -> Option<Disk> {
        let (_, asker) = self.disks.iter().find(|(known, _)| known == path)?;
        asker.value(patience)
    }

    fn start(&self, path: &Path) -> Option<Asker<Disk>> {
        let place = Place::take(&self.threads)?;
        let (ask, path) = (self.ask, path.to_owned());
        let ask = move || {
            let _held = &place;
            ask(&path).ok()
        };
        Asker::new(STACK_BYTES, ask).ok()
    }
}

/// One of the [`MAX_THREADS`], given back when the thread ends.
struct Place(Arc<AtomicUsize>);

impl Place {
    /// Only the collector takes places, one at a time, so that none is taken between look and take.
    fn take(threads: &Arc<AtomicUsize>) -> Option<Self> {
        if threads.load(Ordering::Relaxed) >= MAX_THREADS {
            return None;
        }
        threads.fetch_add(1, Ordering::Relaxed);
        Some(Self(Arc::clone(threads)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
