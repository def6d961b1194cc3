//! Filling in what the roll missed: readings that agents kept while the server, or the network, was away.
//!
//! An answer that lies far from the one before leaves something open (`gap`). Then the agent is asked for what
//! it kept, page by page, over a connection of its own and few computers at a time, so that the roll goes on
//! as if nothing was. A reading is stored where no sample lies near its moment: so one that is read twice, or
//! that somebody stored already, is there once, wherever a fill broke off.

mod gap;
mod moment;

pub use gap::{Before, before};

use crate::clock;
use crate::fetch::{FetchError, Fetcher, Line};
use crate::ingest::{Reading, ingest};
use crate::live::Live;
use crate::room::Room;
use crate::target::Target;
use moment::moment_ms;
use muster_store::{Complete, Sample, Store};
use muster_wire::{Cursor, History, SystemInfo};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Notify;

/// The series that marks a sample as filled in.
pub const FILLED_IN: &str = "sample.filled_in";

/// Computers that are asked at once.
const AT_ONCE: usize = 4;
/// Between two pages of one computer.
const PAUSE: Duration = Duration::from_millis(50);
/// Nearer than so many intervals to a sample, a reading says nothing new.
const NEAR_IN_INTERVALS: f64 = 0.4;
/// Pages of one fill, at most: more than any ring holds.
const MAX_PAGES: usize = 400;

/// Why a fill broke off; it begins again with the next answer.
#[derive(Debug, Error)]
enum FillError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("not understood: {0}")]
    Parse(#[from] muster_wire::ParseError),
    #[error(transparent)]
    Store(#[from] muster_store::Error),
    #[error("the disk is nearly full")]
    Room,
}

/// Fills in what is missing.
pub struct Filler {
    fetcher: Fetcher,
    store: Arc<dyn Store>,
    live: Arc<Live>,
    room: Arc<Room>,
    interval_ms: i64,
    wanted: Mutex<HashMap<i64, Wanted>>,
    news: Notify,
    filled: AtomicU64,
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
        self.wanted().insert(id, Wanted { target, until_ms });
        self.news.notify_one();
    }

    /// Fills in, for ever.
    pub async fn keep(&self) {
        let worker = || async {
            loop {
                match self.next() {
                    Some((id, wanted)) => self.fill(id, &wanted).await,
                    None => self.news.notified().await,
                }
            }
        };
        futures_util::future::join_all((0..AT_ONCE).map(|_| worker())).await;
    }

    fn next(&self) -> Option<(i64, Wanted)> {
        let mut wanted = self.wanted();
        let id = *wanted.keys().next()?;
        let taken = wanted.remove(&id).map(|wanted| (id, wanted));
        if !wanted.is_empty() {
            // One wakes the next: notices are not counted.
            self.news.notify_one();
        }
        taken
    }

    async fn fill(&self, id: i64, wanted: &Wanted) {
        let Some(complete) = self.live.complete(id) else {
            return self.live.end_fill(id, true);
        };
        let mut fill = Fill {
            filler: self,
            id,
            from_ms: complete.at_ms,
            until_ms: wanted.until_ms,
            moments: BTreeSet::new(),
            previous: None,
            stored: 0,
        };
        let result = fill.read(&wanted.target, complete).await;
        self.live.end_fill(id, result.is_ok());
        self.filled.fetch_add(fill.stored, Ordering::Relaxed);
        match result {
            Ok(()) if fill.stored == 0 => {}
            Ok(()) => tracing::info!(computer = id, samples = fill.stored, "filled in"),
            Err(error) => {
                tracing::debug!(computer = id, %error, "filling in broke off, and goes on with the next answer");
            }
        }
    }

    fn wanted(&self) -> MutexGuard<'_, HashMap<i64, Wanted>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The filling in of one computer.
struct Fill<'a> {
    filler: &'a Filler,
    id: i64,
    from_ms: i64,
    until_ms: i64,
    /// Those of all samples that are there.
    moments: BTreeSet<i64>,
    previous: Option<Reading>,
    stored: u64,
}

impl Fill<'_> {
    async fn read(&mut self, target: &Target, complete: Complete) -> Result<(), FillError> {
        let Filler { store, fetcher, .. } = self.filler;
        let (from_ms, to_ms) = (self.from_ms, self.until_ms.saturating_add(1));
        self.moments
            .extend(store.moments(self.id, from_ms, to_ms).await?);
        // The answers at both ends may still wait to be stored.
        self.moments.extend([from_ms, self.until_ms]);
        let mut line = Line::default();
        let mut cursor = Cursor {
            run: complete.run,
            sequence: u64::try_from(complete.sequence).unwrap_or(0),
        };
        for _ in 0..MAX_PAGES {
            let bytes = fetcher.fetch(&target.since(&cursor), &mut line).await?;
            let arrived_ms = clock::now_ms();
            let mut now = muster_wire::parse(&bytes)?;
            let Some(history) = now.history.take() else {
                return Ok(());
            };
            let next = self.take(*history, &now, arrived_ms).await?;
            match next {
                Some(next) if next != cursor => cursor = next,
                _ => return Ok(()),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Stores a page; where the next one begins comes back, if there is one that matters.
    async fn take(
        &mut self,
        history: History,
        now: &SystemInfo,
        arrived_ms: i64,
    ) -> Result<Option<Cursor>, FillError> {
        let mut samples = Vec::new();
        let mut is_over = false;
        let mut last_ms = self.from_ms;
        for reading in history.readings {
            let Some(moment_ms) = moment_ms(&reading, now, arrived_ms) else {
                continue;
            };
            is_over |= moment_ms >= self.until_ms;
            last_ms = last_ms.max(moment_ms.min(self.until_ms));
            samples.extend(self.sample(reading, moment_ms));
        }
        self.store(&samples).await?;
        let next: Option<Cursor> = history.next.and_then(|next| next.parse().ok());
        if let Some(next) = &next {
            self.note(next, last_ms);
        }
        Ok(next.filter(|_| history.more && !is_over))
    }

    /// The reading as a sample, where none lies near its moment.
    fn sample(&mut self, mut reading: SystemInfo, moment_ms: i64) -> Option<Sample> {
        reading.series.push(FILLED_IN, 1_i64);
        let intake = ingest(self.id, moment_ms, reading, self.previous.as_ref());
        self.previous = Some(intake.reading);
        let is_wanted = moment_ms > self.from_ms && moment_ms < self.until_ms;
        (is_wanted && self.is_open(moment_ms)).then(|| {
            self.moments.insert(moment_ms);
            intake.sample
        })
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "milliseconds of an interval"
    )]
    fn is_open(&self, moment_ms: i64) -> bool {
        let near_ms = (self.filler.interval_ms as f64 * NEAR_IN_INTERVALS) as i64;
        let near = moment_ms.saturating_sub(near_ms)..=moment_ms.saturating_add(near_ms);
        self.moments.range(near).next().is_none()
    }

    async fn store(&mut self, samples: &[Sample]) -> Result<(), FillError> {
        if samples.is_empty() {
            return Ok(());
        }
        if !self.filler.room.look().await {
            return Err(FillError::Room);
        }
        self.filler.store.record(samples, &[], &[]).await?;
        self.stored += samples.len() as u64;
        Ok(())
    }

    /// Up to here nothing is missing any more.
    fn note(&self, next: &Cursor, last_ms: i64) {
        let complete = Complete {
            run: next.run.clone(),
            sequence: i64::try_from(next.sequence).unwrap_or(i64::MAX),
            at_ms: last_ms,
        };
        self.filler.live.fill_to(self.id, complete);
    }
}
