//! Filling in what the roll missed: readings that agents kept while the server, or the network, was away.
//!
//! An answer that lies far from the one before leaves something open (`live/gap.rs`). Then the agent is asked for what
//! it kept, page by page, over a connection of its own and few computers at a time, so that the roll goes on
//! as if nothing was. A reading is stored where no sample lies near its moment: so one that is read twice, or
//! that somebody stored already, is there once, wherever a fill broke off.

mod moment;
mod one;

use crate::live::Live;
use crate::poll::address::Target;
use crate::poll::fetch::Fetcher;
use crate::upkeep::disk_guard::Room;
use muster_store::Store;
use one::Fill;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Computers that are asked at once.
const AT_ONCE: usize = 4;

/// Fills in what is missing.
pub struct Filler {
    fetcher: Fetcher,
    store: Arc<dyn Store>,
    live: Arc<Live>,
    room: Arc<Room>,
    interval_ms: i64,
    wanted: Mutex<Queue>,
    news: Notify,
    filled: AtomicU64,
    /// Of these, those that the log tells of.
    told: AtomicU64,
}

/// Whose turn it is: whoever comes again stands behind all others.
#[derive(Default)]
struct Queue {
    order: VecDeque<i64>,
    wanted: HashMap<i64, Wanted>,
}

impl Queue {
    fn put(&mut self, id: i64, wanted: Wanted) {
        if self.wanted.insert(id, wanted).is_none() {
            self.order.push_back(id);
        }
    }

    fn next(&mut self) -> Option<(i64, Wanted)> {
        let id = self.order.pop_front()?;
        Some((id, self.wanted.remove(&id)?))
    }
}

/// A computer of whose history something is open.
struct Wanted {
    target: Arc<Target>,
    /// The answer that found it came then.
    until_ms: i64,
}

impl Filler {
    /// A filler for a server that calls each computer once an interval.
    #[must_use]
    pub fn new(
        fetcher: Fetcher,
        store: Arc<dyn Store>,
        live: Arc<Live>,
        room: Arc<Room>,
        interval: Duration,
    ) -> Self {
        Self {
            fetcher,
            store,
            live,
            room,
            interval_ms: i64::try_from(interval.as_millis()).unwrap_or(i64::MAX),
            wanted: Mutex::default(),
            news: Notify::new(),
            filled: AtomicU64::new(0),
            told: AtomicU64::new(0),
        }
    }

    /// The interval, in milliseconds.
    #[must_use]
    pub fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// Samples filled in since the start.
    #[must_use]
    pub fn filled(&self) -> u64 {
        self.filled.load(Ordering::Relaxed)
    }

    /// Something is open before an answer that came at `until_ms`.
    pub fn want(&self, id: i64, target: &Arc<Target>, until_ms: i64) {
        let target = target.clone();
        self.wanted().put(id, Wanted { target, until_ms });
        self.news.notify_one();
    }

    /// Fills in, for ever.
    pub async fn keep(&self) {
        let worker = || async {
            loop {
                match self.next() {
                    Some((id, wanted)) => self.fill(id, &wanted).await,
                    None => {
                        self.tell();
                        self.news.notified().await;
                    }
                }
            }
        };
        futures_util::future::join_all((0..AT_ONCE).map(|_| worker())).await;
    }

    fn next(&self) -> Option<(i64, Wanted)> {
        let mut queue = self.wanted();
        let taken = queue.next();
        if !queue.order.is_empty() {
            // One wakes the next: notices are not counted.
            self.news.notify_one();
        }
        taken
    }

    /// One line for all of an outage, and not one a computer.
    fn tell(&self) {
        let filled = self.filled();
        let samples = filled - self.told.swap(filled, Ordering::Relaxed).min(filled);
        if samples > 0 {
            tracing::info!(samples, "filled in what agents had kept");
        }
    }

    async fn fill(&self, id: i64, wanted: &Wanted) {
        let Some(complete) = self.live.complete(id) else {
            return self.live.end_fill(id, true);
        };
        let mut fill = Fill::new(self, id, complete.at_ms, wanted.until_ms);
        let result = fill.read(&wanted.target, complete).await;
        self.live.end_fill(id, result.is_ok());
        self.filled.fetch_add(fill.stored(), Ordering::Relaxed);
        if let Err(error) = result {
            tracing::debug!(computer = id, %error, "filling in broke off, and goes on with the next answer");
        }
    }

    fn wanted(&self) -> MutexGuard<'_, Queue> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
