//! One update a second and one overview for all browsers: each is built and compressed once.

mod event;
mod recent;

pub use event::{GZIP_HEAD, SseEvent};
pub use recent::After;

use super::views::{BlindView, ComputerRow, Overview};
use crate::live::{ChangeCursor, Changes, Live};
use crate::ops::clock;
use crate::people::accounts::encode_hex;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use recent::Recent;
use serde::Serialize;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Updates that a browser may lag behind before it has to reload everything.
const BACKLOG: usize = 16;
/// Maximum age of a cached overview, which contains the time when it was built.
const FRESH: Duration = Duration::from_secs(2);
/// Updates continue for this long after the last browser left, in case one reconnects.
const LINGER: Duration = Duration::from_secs(60);

/// Numbered updates, and the overview of the last number.
pub struct Feed {
    updates: broadcast::Sender<SseEvent>,
    state: Mutex<State>,
    /// Position in the log of changes; locked while publishing, so that updates are sent in order.
    publishing: Mutex<ChangeCursor>,
    /// Locked while a request builds an overview that others wait for.
    building: Mutex<()>,
    interval_s: u64,
    /// Identifies this run of the server: update numbers of other runs do not apply.
    run: String,
}

#[derive(Default)]
struct State {
    seq: u64,
    /// The overview of that number, once it was requested.
    overview: Option<CachedOverview>,
    /// Whether it was requested since the last one was built ahead.
    asked: bool,
    recent: Recent,
    /// When a browser last listened.
    listened: Option<Instant>,
}

/// An overview as sent to browsers.
#[derive(Clone)]
pub struct CachedOverview {
    built: Instant,
    /// JSON.
    pub plain: Bytes,
    /// JSON, compressed.
    pub gzip: Bytes,
}

/// What a browser receives when it subscribes.
pub struct Subscription {
    /// `hello`, with the number after which the updates follow.
    pub hello: SseEvent,
    /// Updates that it missed since it last listened.
    pub missed: Vec<SseEvent>,
    /// All later updates.
    pub updates: broadcast::Receiver<SseEvent>,
}

#[derive(Serialize)]
struct Update {
    seq: u64,
    computers: Vec<ComputerRow>,
    removed: Vec<i64>,
    blind: Option<BlindView>,
}

impl Feed {
    /// A feed without updates.
    ///
    /// # Errors
    /// If the system provides no random bytes.
    pub fn new(interval: Duration) -> anyhow::Result<Self> {
        let mut run = [0; 8];
        getrandom::fill(&mut run).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        Ok(Self {
            updates: broadcast::Sender::new(BACKLOG),
            state: Mutex::default(),
            publishing: Mutex::default(),
            building: Mutex::default(),
            interval_s: interval.as_secs(),
            run: encode_hex(&run),
        })
    }

    /// Publishes changes once a second, forever.
    pub async fn run_forever(self: Arc<Self>, live: Arc<Live>) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            second.tick().await;
            let (feed, live) = (self.clone(), live.clone());
            let published = tokio::task::spawn_blocking(move || feed.publish_changes(&live, true));
            if let Err(error) = published.await {
                tracing::error!(%error, "update task panicked");
            }
        }
    }

    /// Publishes changes now.
    pub fn publish(&self, live: &Live) {
        self.publish_changes(live, false);
    }

    /// If the overview was requested since the last update, `ahead` builds the one of this update in advance, so that
    /// no request has to wait for it.
    fn publish_changes(&self, live: &Live, ahead: bool) {
        let mut cursor = lock(&self.publishing);
        let changes = live.changes_since(&mut cursor);
        if changes.changed.is_empty() && changes.removed.is_empty() && !changes.sight {
            return;
        }
        let (seq, is_asked) = {
            let state = self.state();
            (state.seq + 1, state.asked)
        };
        let overview = (ahead && is_asked).then(|| self.build(seq, live));
        let mut state = self.state();
        state.seq = seq;
        state.asked &= !ahead;
        // An overview with an older number is useless now.
        state.overview = overview.and_then(Result::ok);
        // Checked only now: a browser that subscribed while the overview was built needs this update.
        if self.updates.receiver_count() > 0 {
            state.listened = Some(Instant::now());
        }
        if state.listened.is_none_or(|when| when.elapsed() >= LINGER) {
            return state.recent.forget();
        }
        let event = self.update(seq, &changes, live);
        state.recent.push(seq, event.clone());
        // It does not matter if the last browser has just left.
        let _ = self.updates.send(event);
    }

    /// Subscribes to all later updates, and to those after `after` if they are still available.
    #[must_use]
    pub fn subscribe(&self, after: Option<&After>) -> Subscription {
        let state = self.state();
        let known = after.filter(|after| after.run == self.run);
        let missed = known.and_then(|after| state.recent.updates_since(after.seq, state.seq));
        let seq = match (&missed, known) {
            (Some(_), Some(after)) => after.seq,
            _ => state.seq,
        };
        Subscription {
            hello: SseEvent::new(format!(
                "event: hello\ndata: {{\"seq\":{seq},\"run\":\"{}\"}}\n\n",
                self.run
            )),
            missed: missed.unwrap_or_default(),
            updates: self.updates.subscribe(),
        }
    }

    /// The overview as of the last update. If it was not built ahead, the first request builds it for all, which takes
    /// a while with ten thousand computers.
    ///
    /// # Errors
    /// None in practice: all of it can be serialized as JSON.
    pub fn overview(&self, live: &Live) -> anyhow::Result<CachedOverview> {
        if let Some(cached) = self.cached_overview() {
            return Ok(cached);
        }
        let _alone = lock(&self.building);
        if let Some(cached) = self.cached_overview() {
            return Ok(cached);
        }
        let seq = self.state().seq;
        let built = self.build(seq, live)?;
        let mut state = self.state();
        if state.seq == seq {
            state.overview = Some(built.clone());
        }
        Ok(built)
    }

    fn cached_overview(&self) -> Option<CachedOverview> {
        let mut state = self.state();
        state.asked = true;
        let cached = state.overview.as_ref();
        cached
            .filter(|cached| cached.built.elapsed() < FRESH)
            .cloned()
    }

    fn build(&self, seq: u64, live: &Live) -> anyhow::Result<CachedOverview> {
        let computers = live.all();
        let overview = Overview {
            seq,
            run: self.run.clone(),
            now_ms: clock::now_ms(),
            interval_s: self.interval_s,
            blind: live.blind().as_ref().map(BlindView::of),
            computers: computers.iter().map(|one| ComputerRow::of(one)).collect(),
        };
        let plain = serde_json::to_vec(&overview)?;
        Ok(CachedOverview {
            built: Instant::now(),
            gzip: gzip(&plain)?,
            plain: plain.into(),
        })
    }

    fn update(&self, seq: u64, changes: &Changes, live: &Live) -> SseEvent {
        if changes.is_reset {
            return SseEvent::resync();
        }
        let update = Update {
            seq,
            computers: changes
                .changed
                .iter()
                .map(|latest| ComputerRow::of(latest))
                .collect(),
            removed: changes.removed.clone(),
            blind: live.blind().as_ref().map(BlindView::of),
        };
        match serde_json::to_string(&update) {
            Ok(data) => SseEvent::new(format!(
                "event: computers\nid: {}-{seq}\ndata: {data}\n\n",
                self.run
            )),
            Err(error) => {
                tracing::error!(%error, "cannot serialize an update; browsers reload everything instead");
                SseEvent::resync()
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// A panic while the lock was held leaves whole values behind: each field is replaced at once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gzip(plain: &[u8]) -> anyhow::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}
