//! One update a second for all browsers, and one overview for everyone: each built and compressed once.

mod event;
mod recent;

pub use event::{Event, GZIP_HEAD};
pub use recent::After;

use super::views::{BlindView, ComputerRow, Overview};
use crate::live::{Changes, Cursor, Live};
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

/// Updates that a browser may lag behind before it is given a fresh start.
const BACKLOG: usize = 16;
/// An overview says when it was made, and nobody is given an older one.
const FRESH: Duration = Duration::from_secs(2);
/// For so long after the last browser went updates are still made for one that comes back.
const LINGER: Duration = Duration::from_secs(60);

/// Numbered updates, and the overview that belongs to the last number.
pub struct Feed {
    updates: broadcast::Sender<Event>,
    state: Mutex<State>,
    /// How far the log of changes was published; held while publishing, so that updates go out in order.
    publishing: Mutex<Cursor>,
    /// Held by who builds an overview that others wait for.
    building: Mutex<()>,
    interval_s: u64,
    /// Names this run of the server: numbers of another one say nothing.
    run: String,
}

#[derive(Default)]
struct State {
    seq: u64,
    /// The one that belongs to that number, once it was asked for.
    overview: Option<CachedOverview>,
    /// Whether somebody asked for it since the last one was built ahead.
    asked: bool,
    recent: Recent,
    /// When somebody last listened.
    listened: Option<Instant>,
}

/// An overview as it goes over the wire.
#[derive(Clone)]
pub struct CachedOverview {
    built: Instant,
    /// JSON.
    pub plain: Bytes,
    /// JSON, compressed.
    pub gzip: Bytes,
}

/// What a browser that listens gets.
pub struct Subscription {
    /// `hello`, with the number after which the updates follow.
    pub hello: Event,
    /// What it missed since it last listened.
    pub missed: Vec<Event>,
    /// All that follows.
    pub updates: broadcast::Receiver<Event>,
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
    /// When there is no randomness to be had.
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

    /// Publishes what changed once a second, for ever.
    pub async fn keep(self: Arc<Self>, live: Arc<Live>) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            second.tick().await;
            let (feed, live) = (self.clone(), live.clone());
            let published = tokio::task::spawn_blocking(move || feed.publish_changes(&live, true));
            if let Err(error) = published.await {
                tracing::error!(%error, "an update failed in itself");
            }
        }
    }

    /// Publishes what changed, now.
    pub fn publish(&self, live: &Live) {
        self.publish_changes(live, false);
    }

    /// Where somebody asked for the overview since the last update, the one that belongs to this update may be
    /// built `ahead` of it: then nobody waits for it.
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
        // What belongs to another number serves nobody any more.
        state.overview = overview.and_then(Result::ok);
        // Looked at here and not before: whoever subscribed while the overview was built counts on this update.
        if self.updates.receiver_count() > 0 {
            state.listened = Some(Instant::now());
        }
        if state.listened.is_none_or(|when| when.elapsed() >= LINGER) {
            return state.recent.forget();
        }
        let event = self.update(seq, &changes, live);
        state.recent.keep(seq, event.clone());
        // Whoever just left does not matter.
        let _ = self.updates.send(event);
    }

    /// All updates that follow; those after `after` too, where they are still there.
    #[must_use]
    pub fn subscribe(&self, after: Option<&After>) -> Subscription {
        let state = self.state();
        let known = after.filter(|after| after.run == self.run);
        let missed = known.and_then(|after| state.recent.since(after.seq, state.seq));
        let seq = match (&missed, known) {
            (Some(_), Some(after)) => after.seq,
            _ => state.seq,
        };
        Subscription {
            hello: Event::new(format!(
                "event: hello\ndata: {{\"seq\":{seq},\"run\":\"{}\"}}\n\n",
                self.run
            )),
            missed: missed.unwrap_or_default(),
            updates: self.updates.subscribe(),
        }
    }

    /// Everything as of the last update. Where it was not built ahead, the first who asks builds it for all,
    /// which takes a while at ten thousand computers.
    ///
    /// # Errors
    /// None: everything in it can be written as JSON.
    pub fn overview(&self, live: &Live) -> anyhow::Result<CachedOverview> {
        if let Some(cached) = self.ask() {
            return Ok(cached);
        }
        let _alone = lock(&self.building);
        if let Some(cached) = self.ask() {
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

    fn ask(&self) -> Option<CachedOverview> {
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

    fn update(&self, seq: u64, changes: &Changes, live: &Live) -> Event {
        if changes.is_reset {
            return Event::resync();
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
            Ok(data) => Event::new(format!(
                "event: computers\nid: {}-{seq}\ndata: {data}\n\n",
                self.run
            )),
            Err(error) => {
                tracing::error!(%error, "an update cannot be written; browsers ask for everything instead");
                Event::resync()
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// What was held when somebody panicked is whole: each field is set at once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gzip(plain: &[u8]) -> anyhow::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}
