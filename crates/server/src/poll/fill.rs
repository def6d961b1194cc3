//! Backfill: fetches the readings that agents kept while the server could not reach them.
//!
//! If an answer comes much later than the previous one, there is a gap in between (`live/gap.rs`). The filler then
//! requests the agent's readings page by page, over its own connection and from a few computers at a time, so that
//! the roll is not delayed. A reading is stored only if there is no sample near its time. A backfill can therefore
//! stop anywhere and start again without storing a reading twice.

mod moment;
mod one;

use crate::live::Live;
use crate::poll::address::Target;
use crate::poll::fetch::Fetcher;
use crate::upkeep::recorder::Recorder;
use muster_store::Store;
use one::Fill;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Computers that are backfilled at the same time.
const AT_ONCE: usize = 4;

/// Backfills computers one after another.
pub struct Filler {
    fetcher: Fetcher,
    store: Arc<dyn Store>,
    live: Arc<Live>,
    recorder: Arc<Recorder>,
    interval_ms: i64,
    queue: Mutex<Queue>,
    news: Notify,
    filled: AtomicU64,
    /// The part of `filled` that was logged already.
    logged: AtomicU64,
}

/// Computers that wait for a backfill, first come, first served.
#[derive(Default)]
struct Queue {
    order: VecDeque<i64>,
    requests: HashMap<i64, FillRequest>,
}

impl Queue {
    fn put(&mut self, id: i64, request: FillRequest) {
        if self.requests.insert(id, request).is_none() {
            self.order.push_back(id);
        }
    }

    fn next(&mut self) -> Option<(i64, FillRequest)> {
        let id = self.order.pop_front()?;
        Some((id, self.requests.remove(&id)?))
    }
}

/// A request to backfill a computer.
struct FillRequest {
    target: Arc<Target>,
    /// When the answer after the gap arrived.
    until_ms: i64,
}

impl Filler {
    /// Creates a filler for a server that polls each computer once per interval.
    #[must_use]
    pub fn new(
        fetcher: Fetcher,
        store: Arc<dyn Store>,
        live: Arc<Live>,
        recorder: Arc<Recorder>,
        interval: Duration,
    ) -> Self {
        Self {
            fetcher,
            store,
            live,
            recorder,
            interval_ms: i64::try_from(interval.as_millis()).unwrap_or(i64::MAX),
            queue: Mutex::default(),
            news: Notify::new(),
            filled: AtomicU64::new(0),
            logged: AtomicU64::new(0),
        }
    }

    /// The interval, in milliseconds.
    #[must_use]
    pub fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// Samples stored by backfills since the start.
    #[must_use]
    pub fn filled(&self) -> u64 {
        self.filled.load(Ordering::Relaxed)
    }

    /// Requests a backfill of the gap before the answer that arrived at `until_ms`.
    pub fn request_fill(&self, id: i64, target: &Arc<Target>, until_ms: i64) {
        let target = target.clone();
        self.queue().put(id, FillRequest { target, until_ms });
        self.news.notify_one();
    }

    /// Processes requests forever.
    pub async fn run_forever(&self) {
        let worker = || async {
            loop {
                match self.next() {
                    Some((id, request)) => self.fill(id, &request).await,
                    None => {
                        self.log_progress();
                        self.news.notified().await;
                    }
                }
            }
        };
        futures_util::future::join_all((0..AT_ONCE).map(|_| worker())).await;
    }

    fn next(&self) -> Option<(i64, FillRequest)> {
        let mut queue = self.queue();
        let taken = queue.next();
        if !queue.order.is_empty() {
            // `Notify` stores a single permit, so each worker wakes the next one.
            self.news.notify_one();
        }
        taken
    }

    /// Logs one line for a whole outage instead of one line per computer.
    fn log_progress(&self) {
        let filled = self.filled();
        let samples = filled - self.logged.swap(filled, Ordering::Relaxed).min(filled);
        if samples > 0 {
            tracing::info!(samples, "stored samples that agents had kept");
        }
    }

    async fn fill(&self, id: i64, request: &FillRequest) {
        let Some(complete) = self.live.complete_until(id) else {
            return self.live.end_fill(id, true);
        };
        let mut fill = Fill::new(self, id, complete.at_ms, request.until_ms);
        let result = fill.run(&request.target, complete).await;
        self.live.end_fill(id, result.is_ok());
        self.filled.fetch_add(fill.stored(), Ordering::Relaxed);
        if let Err(error) = result {
            tracing::debug!(computer = id, %error, "backfill stopped; it continues after the next answer");
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
