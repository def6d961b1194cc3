//! File descriptors: as many as this process may have, and how many of them connections may take.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// For listeners, and for connections that are made and ended meanwhile.
const SPARE: usize = 64;

/// Raises the limit of open files as far as the system allows without asking anybody, and says what it is.
pub fn raise_limit() -> usize {
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

/// The connections that are open. A fleet of more agents than there are descriptors cannot keep one for each: with
/// nine tenths of them taken, a connection ends with its answer, as an HTTP server may at any time.
#[derive(Clone)]
pub struct Crowd {
    open: Arc<AtomicUsize>,
    kept: usize,
}

/// One of them, until it is dropped.
pub struct Place(Arc<AtomicUsize>);

impl Crowd {
    /// With so many descriptors for all.
    pub fn within(descriptors: usize) -> Self {
        Self {
            open: Arc::default(),
            kept: (descriptors - descriptors / 10).saturating_sub(SPARE),
        }
    }

    pub fn enter(&self) -> Place {
        self.open.fetch_add(1, Ordering::Relaxed);
        Place(Arc::clone(&self.open))
    }

    /// Whether a connection may be kept for the next request.
    pub fn has_room(&self) -> bool {
        self.open.load(Ordering::Relaxed) <= self.kept
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_kept_while_there_is_room() {
        let crowd = Crowd::within(SPARE + 40);
        let mut places: Vec<Place> = Vec::new();
        while crowd.has_room() {
            places.push(crowd.enter());
        }
        assert_eq!(places.len(), 31, "of 104, a tenth and {SPARE} are left");
        places.pop();
        assert!(crowd.has_room());
        let tight = Crowd::within(10);
        let _place = tight.enter();
        assert!(!tight.has_room());
    }
}
