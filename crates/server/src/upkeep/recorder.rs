//! From single samples to one transaction a second.

use crate::live::News;
use crate::ops::shutdown::stopped;
use crate::upkeep::disk_guard::Room;
use muster_store::{ComputerState, Event, Sample, Store};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Memory for samples that wait for a database that cannot be written, at most. Ten thousand computers fill it
/// in about 15 minutes, or in two where they send 60 series each.
const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// Events that wait with them, at most.
const MAX_WAITING_EVENTS: usize = 100_000;
/// Samples of one transaction, at most: a long one would keep everybody else from writing.
const MAX_BATCH: usize = 5_000;

/// Collects what is to be stored, and stores it once a second.
pub struct Recorder {
    store: Arc<dyn Store>,
    room: Arc<Room>,
    waiting: Mutex<Waiting>,
    stored: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    samples: VecDeque<Sample>,
    /// Of all samples, those in a transaction under way too.
    bytes: usize,
    /// Samples in a transaction under way.
    under_way: usize,
    states: Vec<ComputerState>,
    events: VecDeque<Event>,
    failing: bool,
}

/// What one transaction stores.
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
    /// A recorder into that store, as long as there is room.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, room: Arc<Room>) -> Self {
        Self {
            store,
            room,
            waiting: Mutex::default(),
            stored: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Takes what is to be stored with the next transaction.
    pub fn take(&self, sample: Option<Sample>, news: News) {
        let mut waiting = self.waiting();
        if let Some(sample) = sample {
            waiting.bytes += size(&sample);
            waiting.samples.push_back(sample);
        }
        // The latest state of a computer is the one that counts; the order keeps it last.
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

    /// Takes the latest state of a computer, which tells nothing new.
    pub fn take_state(&self, state: ComputerState) {
        let news = News {
            state: Some(state),
            ..News::default()
        };
        self.take(None, news);
    }

    /// Takes what happened to the server itself.
    pub fn take_event(&self, event: Event) {
        let news = News {
            events: vec![event],
            ..News::default()
        };
        self.take(None, news);
    }

    /// Stores once a second, until the server stops. A transaction under way is never given up for that.
    pub async fn keep(&self, mut stopping: watch::Receiver<bool>) {
        let mut second = tokio::time::interval(FLUSH_EVERY);
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = second.tick() => self.flush_if_room().await,
                () = stopped(&mut stopping) => return,
            }
        }
    }

    /// Stores all that waits, or leaves it waiting while the disk is nearly full.
    async fn flush_if_room(&self) {
        if self.room.look().await {
            self.flush().await;
        } else {
            keep_latest(&mut self.waiting().states);
        }
    }

    /// Stores all that waits. What cannot be stored goes on waiting.
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

    /// Samples given up since the start, since the database could not be written for too long.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Samples that wait to be stored.
    #[must_use]
    pub fn waiting_count(&self) -> usize {
        let waiting = self.waiting();
        waiting.samples.len() + waiting.under_way
    }

    /// Whether the last try to store failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.waiting().failing
    }

    fn next_batch(&self) -> Batch {
        let mut waiting = self.waiting();
        let samples = waiting.samples.len().min(MAX_BATCH);
        waiting.under_way = samples;
        // All states go along, and so must all events: a state that says offline has its event with it.
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
            tracing::info!("samples are stored again");
        }
        self.stored
            .fetch_add(samples.len() as u64, Ordering::Relaxed);
    }

    fn put_back(&self, batch: Batch, error: &muster_store::Error) {
        let mut waiting = self.waiting();
        if !std::mem::replace(&mut waiting.failing, true) {
            tracing::error!(%error, "samples cannot be stored; they wait in memory and are tried again each second");
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

/// What a sample takes in memory, about.
fn size(sample: &Sample) -> usize {
    size_of::<Sample>() + sample.extra.as_ref().map_or(0, String::len)
}

/// Only the last state of each computer: while the database cannot be written they would pile up.
fn keep_latest(states: &mut Vec<ComputerState>) {
    let mut seen = std::collections::HashSet::new();
    states.reverse();
    states.retain(|state| seen.insert(state.id));
    states.reverse();
}
