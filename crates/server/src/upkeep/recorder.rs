//! Batches samples, states and events into one transaction per second.

use crate::live::News;
use crate::ops::shutdown::wait_for_stop;
use crate::upkeep::disk_guard::DiskGuard;
use muster_store::{ComputerState, Event, Sample, Store};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::watch;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Memory limit for samples that wait while the database cannot be written. Ten thousand computers reach it in about
/// 15 minutes, or in two minutes with 60 series each.
const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// Limit for events that wait.
const MAX_WAITING_EVENTS: usize = 100_000;
/// Samples per transaction, at most: a long transaction would block all other writers.
const MAX_BATCH: usize = 5_000;

/// Why something could not be stored at once.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The disk has no room for samples.
    #[error("the disk is nearly full")]
    DiskLow,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] muster_store::Error),
}

/// The only writer of samples, states and events. Queues what is to be stored, and stores it once a second.
pub struct Recorder {
    store: Arc<dyn Store>,
    disk_guard: Arc<DiskGuard>,
    waiting: Mutex<Waiting>,
    stored: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    samples: VecDeque<Sample>,
    /// Size of all queued samples, including those in the current transaction.
    bytes: usize,
    /// Samples in the current transaction.
    under_way: usize,
    states: Vec<ComputerState>,
    events: VecDeque<Event>,
    failing: bool,
}

/// The content of one transaction.
struct Batch {
    samples: Vec<Sample>,
    states: Vec<ComputerState>,
    events: Vec<Event>,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.samples.is_empty() && self.states.is_empty() && self.events.is_empty()
    }
}

impl Recorder {
    /// Creates a recorder that stops writing while the disk is nearly full.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, disk_guard: Arc<DiskGuard>) -> Self {
        Self {
            store,
            disk_guard,
            waiting: Mutex::default(),
            stored: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Queues a sample, states and events for the next transaction.
    pub fn enqueue(&self, sample: Option<Sample>, news: News) {
        let mut waiting = self.waiting();
        if let Some(sample) = sample {
            waiting.bytes += size(&sample);
            waiting.samples.push_back(sample);
        }
        // If a computer has several states, the last one wins; the order is kept.
        waiting.states.extend(news.state);
        waiting.events.extend(news.events);
        while waiting.bytes > MAX_WAITING_BYTES
            && let Some(oldest) = waiting.samples.pop_front()
        {
            waiting.bytes -= size(&oldest);
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        if waiting.events.len() > MAX_WAITING_EVENTS {
            waiting.events.pop_front();
        }
    }

    /// Queues the latest state of a computer, without an event.
    pub fn enqueue_state(&self, state: ComputerState) {
        let news = News {
            state: Some(state),
            ..News::default()
        };
        self.enqueue(None, news);
    }

    /// Queues an event of the server itself.
    pub fn enqueue_event(&self, event: Event) {
        let news = News {
            events: vec![event],
            ..News::default()
        };
        self.enqueue(None, news);
    }

    /// Stores samples or events at once, for callers that must know that they are stored.
    ///
    /// # Errors
    /// The disk is nearly full, or the database failed; then nothing is stored.
    pub async fn record_now(
        &self,
        samples: &[Sample],
        events: &[Event],
    ) -> Result<(), RecordError> {
        if !samples.is_empty() && !self.disk_guard.check().await {
            return Err(RecordError::DiskLow);
        }
        Ok(self.store.record(samples, &[], events).await?)
    }

    /// Stores once a second until the server stops. A transaction in progress is always finished.
    pub async fn run_until_stopped(&self, mut stopping: watch::Receiver<bool>) {
        let mut second = tokio::time::interval(FLUSH_EVERY);
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = second.tick() => self.flush_unless_disk_low().await,
                () = wait_for_stop(&mut stopping) => return,
            }
        }
    }

    /// Stores everything queued, unless the disk is nearly full.
    async fn flush_unless_disk_low(&self) {
        if self.disk_guard.check().await {
            self.flush().await;
        } else {
            keep_latest(&mut self.waiting().states);
        }
    }

    /// Stores everything queued. What cannot be stored stays in the queue.
    pub async fn flush(&self) {
        loop {
            let batch = self.next_batch();
            if batch.is_empty() {
                return;
            }
            let Batch {
                samples,
                states,
                events,
            } = &batch;
            match self.store.record(samples, states, events).await {
                Ok(()) => self.succeeded(samples),
                Err(error) => return self.put_back(batch, &error),
            }
        }
    }

    /// Samples stored since the start.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Samples dropped since the start, because the database could not be written for too long.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Samples in the queue.
    #[must_use]
    pub fn waiting_count(&self) -> usize {
        let waiting = self.waiting();
        waiting.samples.len() + waiting.under_way
    }

    /// Whether the last transaction failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.waiting().failing
    }

    fn next_batch(&self) -> Batch {
        let mut waiting = self.waiting();
        let samples = waiting.samples.len().min(MAX_BATCH);
        waiting.under_way = samples;
        // All states and all events go into the first batch, so that a state and the event that explains it stay
        // together.
        Batch {
            samples: waiting.samples.drain(..samples).collect(),
            states: std::mem::take(&mut waiting.states),
            events: std::mem::take(&mut waiting.events).into(),
        }
    }

    fn succeeded(&self, samples: &[Sample]) {
        let mut waiting = self.waiting();
        waiting.bytes -= samples.iter().map(size).sum::<usize>();
        waiting.under_way = 0;
        if std::mem::take(&mut waiting.failing) {
            tracing::info!("storing samples again");
        }
        self.stored
            .fetch_add(samples.len() as u64, Ordering::Relaxed);
    }

    fn put_back(&self, batch: Batch, error: &muster_store::Error) {
        let mut waiting = self.waiting();
        if !std::mem::replace(&mut waiting.failing, true) {
            tracing::error!(%error, "cannot store samples; they wait in memory, retrying each second");
        }
        waiting.under_way = 0;
        for sample in batch.samples.into_iter().rev() {
            waiting.samples.push_front(sample);
        }
        for event in batch.events.into_iter().rev() {
            waiting.events.push_front(event);
        }
        let newer = std::mem::replace(&mut waiting.states, batch.states);
        waiting.states.extend(newer);
        keep_latest(&mut waiting.states);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The approximate size of a sample in memory.
fn size(sample: &Sample) -> usize {
    size_of::<Sample>() + sample.extra.as_ref().map_or(0, String::len)
}

/// Keeps only the last state of each computer, so that they do not pile up while the database cannot be written.
fn keep_latest(states: &mut Vec<ComputerState>) {
    let mut seen = std::collections::HashSet::new();
    states.reverse();
    states.retain(|state| seen.insert(state.id));
    states.reverse();
}
