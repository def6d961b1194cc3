//! Who is connected: so many at once, and when it is full a stranger goes.
//!
//! Anybody may connect, and may then say nothing, or ask and not read. Whoever signed in must get in all the
//! same; so when there is no more room the connection goes that is oldest among those over which nobody who
//! signed in ever asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Whether somebody who signed in asked over a connection. Every request carries its connection's.
#[derive(Clone, Debug, Default)]
pub struct Known(Arc<AtomicBool>);

impl Known {
    /// Somebody did.
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// All connections.
pub struct Crowd {
    limit: usize,
    members: Mutex<Members>,
}

#[derive(Default)]
struct Members {
    entered: u64,
    present: BTreeMap<u64, (Known, Arc<Notify>)>,
}

/// A connection's place; dropped, it is free.
pub struct Place {
    crowd: Arc<Crowd>,
    number: u64,
    known: Known,
    dismissal: Arc<Notify>,
}

impl Crowd {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit: limit.max(1),
            members: Mutex::default(),
        })
    }

    /// Takes a place; where there is none, somebody has to go.
    pub fn enter(self: &Arc<Self>) -> Place {
        let mut members = self.members();
        while members.present.len() >= self.limit {
            members.dismiss_one();
        }
        members.entered += 1;
        let number = members.entered;
        let (known, dismissal) = (Known::default(), Arc::new(Notify::new()));
        members
            .present
            .insert(number, (known.clone(), dismissal.clone()));
        Place {
            crowd: self.clone(),
            number,
            known,
            dismissal,
        }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    fn dismiss_one(&mut self) {
        let stranger = self
            .present
            .iter()
            .find(|(_, (known, _))| !known.is_noted());
        let number = stranger
            .or(self.present.iter().next())
            .map(|(&number, _)| number);
        if let Some((_, dismissal)) = number.and_then(|number| self.present.remove(&number)) {
            dismissal.notify_one();
        }
    }
}

impl Place {
    pub fn known(&self) -> Known {
        self.known.clone()
    }

    /// Done once the place is somebody else's.
    pub async fn dismissed(&self) {
        self.dismissal.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.members().present.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn is_dismissed(place: &Place) -> bool {
        tokio::time::timeout(Duration::from_millis(10), place.dismissed())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn the_oldest_stranger_goes_first() {
        let crowd = Crowd::new(3);
        let places = [crowd.enter(), crowd.enter(), crowd.enter()];
        places[0].known().note();
        let _fourth = crowd.enter();
        assert!(!is_dismissed(&places[0]).await && is_dismissed(&places[1]).await);
        assert!(!is_dismissed(&places[2]).await);
    }

    #[tokio::test]
    async fn a_place_that_is_left_is_free() {
        let crowd = Crowd::new(2);
        let first = crowd.enter();
        drop(crowd.enter());
        let _third = crowd.enter();
        assert!(!is_dismissed(&first).await);
    }

    #[tokio::test]
    async fn where_all_are_known_the_oldest_goes() {
        let crowd = Crowd::new(1);
        let first = crowd.enter();
        first.known().note();
        let _second = crowd.enter();
        assert!(is_dismissed(&first).await);
    }
}
