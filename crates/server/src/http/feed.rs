//! One update a second for all browsers, and one overview for everyone: each built and compressed once.

mod event;
mod recent;

pub use event::{Event, GZIP_HEAD};
pub use recent::After;

use super::views::{BlindView, ComputerRow, Overview};
use crate::accounts::hex;
use crate::clock;
use crate::live::{Changes, Live};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use recent::Recent;
use serde::Serialize;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Updates that a browser may lag behind before it is given a fresh start.
const BACKLOG: usize = 16;
/// For so long after the last browser went updates are still made for one that comes back.
const LINGER: Duration = Duration::from_secs(60);

/// Numbered updates, and the overview that belongs to the last number.
pub struct Feed {
    updates: broadcast::Sender<Event>,
    state: Mutex<State>,
    interval_s: u64,
    /// Names this run of the server: numbers of another one say nothing.
    run: String,
}

#[derive(Default)]
struct State {
    seq: u64,
    overview: Option<CachedOverview>,
    recent: Recent,
    /// When somebody last listened.
    listened: Option<Instant>,
}

/// An overview as it goes over the wire.
#[derive(Clone)]
pub struct CachedOverview {
    /// The update it includes.
    seq: u64,
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
            interval_s: interval.as_secs(),
            run: hex(&run),
        })
    }

    /// Publishes what changed once a second, for ever.
    pub async fn keep(&self, live: &Live) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            second.tick().await;
            self.publish(live);
        }
    }

    /// Publishes what changed, now.
    pub fn publish(&self, live: &Live) {
        // The lock is held throughout, so that numbers go out in their order.
        let mut state = self.state();
        let changes = live.take_changes();
        if changes.changed.is_empty() && changes.removed.is_empty() && !changes.sight {
            return;
        }
        state.seq += 1;
        if self.updates.receiver_count() > 0 {
            state.listened = Some(Instant::now());
        }
        if state.listened.is_none_or(|when| when.elapsed() >= LINGER) {
            return state.recent.forget();
        }
        let seq = state.seq;
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

    /// Everything as of the last update; built by the first who asks for it, which takes a while at ten
    /// thousand computers.
    ///
    /// # Errors
    /// None: everything in it can be written as JSON.
    pub fn overview(&self, live: &Live) -> anyhow::Result<CachedOverview> {
        let mut state = self.state();
        if let Some(cached) = state
            .overview
            .as_ref()
            .filter(|cached| cached.seq == state.seq)
        {
            return Ok(cached.clone());
        }
        let overview = Overview {
            seq: state.seq,
            run: self.run.clone(),
            now_ms: clock::now_ms(),
            interval_s: self.interval_s,
            blind: live.blind().as_ref().map(BlindView::of),
            computers: live
                .all()
                .iter()
                .map(|latest| ComputerRow::of(latest))
                .collect(),
        };
        let plain = serde_json::to_vec(&overview)?;
        let cached = CachedOverview {
            seq: state.seq,
            gzip: gzip(&plain)?,
            plain: plain.into(),
        };
        state.overview = Some(cached.clone());
        Ok(cached)
    }

    fn update(&self, seq: u64, changes: &Changes, live: &Live) -> Event {
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
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gzip(plain: &[u8]) -> anyhow::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}
