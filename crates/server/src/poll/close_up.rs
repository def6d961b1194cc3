//! A computer each second, while somebody has its page in sight.
//!
//! This stands beside the roll and shares nothing with it: a connection of its own, and use and rates from
//! the differences of its own readings. What is read is kept for a minute in memory, for whoever looks, and
//! goes nowhere else: it is never stored, and `Live` does not know of it. Asking is the sign that somebody
//! looks; reading ends some seconds after the last one.

mod place;
mod reader;

pub use place::{Sight, View};

use crate::live::{Latest, Live};
use crate::poll::fetch::Fetcher;
use muster_store::Computer;
use place::Place;
use reader::Reader;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Computers that are read at once: people look at one each, and each costs as much as thirty on the roll.
const PLACES: usize = 50;

/// How often, how long, how patiently.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From one reading to the next.
    pub every: Duration,
    /// From the last sign that somebody looks to the end.
    pub ends_after: Duration,
    /// An answer that took longer is a slow one.
    pub slow_after: Duration,
    /// For so long a slow agent is left alone.
    pub slow_rest: Duration,
    /// Who has not answered by then is silent.
    pub patience: Duration,
    /// For so long a silent one is left alone.
    pub silent_rest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(1),
            ends_after: Duration::from_secs(15),
            slow_after: Duration::from_millis(500),
            slow_rest: Duration::from_secs(60),
            patience: Duration::from_secs(3),
            silent_rest: Duration::from_secs(5),
        }
    }
}

/// All computers that somebody looks at.
pub struct CloseUps {
    fetcher: Fetcher,
    live: Arc<Live>,
    roster: watch::Receiver<Arc<Vec<Computer>>>,
    stopping: watch::Receiver<bool>,
    pace: Pace,
    places: Mutex<HashMap<i64, Place>>,
}

impl CloseUps {
    /// Nobody looks at anything yet.
    #[must_use]
    pub fn new(
        fetcher: Fetcher,
        live: Arc<Live>,
        roster: watch::Receiver<Arc<Vec<Computer>>>,
        stopping: watch::Receiver<bool>,
        pace: Pace,
    ) -> Self {
        Self {
            fetcher,
            live,
            roster,
            stopping,
            pace,
            places: Mutex::default(),
        }
    }

    /// What was read after that moment, or in the last minute; and the sign that somebody looks, so that there
    /// will be more.
    pub fn look(self: &Arc<Self>, id: i64, after_ms: Option<i64>) -> View {
        let is_old = self
            .live
            .get(id)
            .is_some_and(|latest| is_old(&latest, None));
        let mut places = self.places();
        if let Some(place) = places.get_mut(&id).filter(|place| place.is_read()) {
            place.asked = Instant::now();
            return place.view(after_ms);
        }
        if is_old {
            return View::empty(Sight::OldAgent);
        }
        // A reader that failed in itself keeps no place.
        places.retain(|_, place| place.is_read());
        if places.len() >= PLACES {
            return View::empty(Sight::Busy);
        }
        let reader = tokio::spawn(Reader::new(id, self.clone()).read_on());
        places.insert(id, Place::new(reader.abort_handle()));
        View::empty(Sight::Reading)
    }

    /// How many computers are looked at.
    #[cfg(test)]
    fn count(&self) -> usize {
        self.places().len()
    }

    /// Whether somebody still looks. Where nobody does, the place is given up under the same lock: who comes
    /// after that begins anew, and one computer never has two readers.
    fn is_in_sight(&self, id: i64) -> bool {
        let mut places = self.places();
        let in_sight = places
            .get(&id)
            .is_some_and(|place| place.asked.elapsed() < self.pace.ends_after);
        if !in_sight {
            places.remove(&id);
        }
        in_sight
    }

    fn leave(&self, id: i64) {
        self.places().remove(&id);
    }

    fn change(&self, id: i64, change: impl FnOnce(&mut Place)) {
        if let Some(place) = self.places().get_mut(&id) {
            change(place);
        }
    }

    /// A panic while the lock was held leaves whole places behind: none is changed in two steps.
    fn places(&self) -> MutexGuard<'_, HashMap<i64, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a computer has an agent of before Muster, which takes a second for each answer: as the roll found
/// it, unless we found so ourselves later than that.
fn is_old(latest: &Latest, found_ms: Option<i64>) -> bool {
    match latest.state.last_seen_ms {
        Some(seen_ms) if found_ms.is_none_or(|found_ms| found_ms < seen_ms) => {
            latest.state.facts.agent_version.is_none()
        }
        _ => found_ms.is_some(),
    }
}

#[cfg(test)]
mod tests;
