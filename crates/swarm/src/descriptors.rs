//! File descriptors: the limit of this process, and how many of them connections may keep.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reserved for listeners and short-lived connections.
const SPARE: usize = 64;

/// Raises the limit of open files to the hard limit, and returns the limit.
pub fn raise_descriptor_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    current.map_or(usize::MAX, |count| {
        usize::try_from(count).unwrap_or(usize::MAX)
    })
}

/// Counts the open connections. A fleet with more agents than descriptors cannot keep a connection for each: once
/// nine tenths of the descriptors are in use, a connection is closed after its answer.
#[derive(Clone)]
pub struct ConnectionLimit {
    open: Arc<AtomicUsize>,
    kept: usize,
}

/// An open connection; closed on drop.
pub struct ConnectionGuard(Arc<AtomicUsize>);

impl ConnectionLimit {
    pub fn for_descriptors(descriptors: usize) -> Self {
        Self {
            open: Arc::default(),
            kept: (descriptors - descriptors / 10).saturating_sub(SPARE),
        }
    }

    pub fn open(&self) -> ConnectionGuard {
        self.open.fetch_add(1, Ordering::Relaxed);
        ConnectionGuard(Arc::clone(&self.open))
    }

    /// Whether a connection may stay open for the next request.
    pub fn has_spare(&self) -> bool {
        self.open.load(Ordering::Relaxed) <= self.kept
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_kept_while_there_is_room() {
        let connections = ConnectionLimit::for_descriptors(SPARE + 40);
        let mut guards: Vec<ConnectionGuard> = Vec::new();
        while connections.has_spare() {
            guards.push(connections.open());
        }
        assert_eq!(guards.len(), 31, "of 104, a tenth and {SPARE} are left");
        guards.pop();
        assert!(connections.has_spare());
        let tight = ConnectionLimit::for_descriptors(10);
        let _guard = tight.open();
        assert!(!tight.has_spare());
    }
}
