//! One update a second for all browsers, and one overview for everyone: each built once.

use super::views::{ComputerRow, Overview};
use crate::clock;
use crate::live::{Changes, Live};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// Updates that a browser may lag behind before it is given a fresh start.
const BACKLOG: usize = 16;

/// Numbered updates, and the overview that belongs to the last number.
pub struct Feed {
    updates: broadcast::Sender<Bytes>,
    state: Mutex<State>,
    interval_s: u64,
}

#[derive(Default)]
struct State {
    seq: u64,
    overview: Option<CachedOverview>,
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

#[derive(Serialize)]
struct Update {
    seq: u64,
    computers: Vec<ComputerRow>,
    removed: Vec<i64>,
}

impl Feed {
    /// A feed without updates.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        Self {
            updates: broadcast::Sender::new(BACKLOG),
            state: Mutex::default(),
            interval_s: interval.as_secs(),
        }
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
        if changes.changed.is_empty() && changes.removed.is_empty() {
            return;
        }
        state.seq += 1;
        if self.updates.receiver_count() > 0 {
            // Whoever just left does not matter.
            let _ = self.updates.send(event(state.seq, &changes));
        }
    }

    /// The number of the last update, and all that follow it.
    #[must_use]
    pub fn subscribe(&self) -> (u64, broadcast::Receiver<Bytes>) {
        let state = self.state();
        (state.seq, self.updates.subscribe())
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
            now_ms: clock::now_ms(),
            interval_s: self.interval_s,
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event(seq: u64, changes: &Changes) -> Bytes {
    let update = Update {
        seq,
        computers: changes
            .changed
            .iter()
            .map(|latest| ComputerRow::of(latest))
            .collect(),
        removed: changes.removed.clone(),
    };
    match serde_json::to_string(&update) {
        Ok(data) => format!("event: computers\nid: {seq}\ndata: {data}\n\n").into(),
        Err(error) => {
            tracing::error!(%error, "an update cannot be written; browsers ask for everything instead");
            Bytes::from_static(b"event: resync\ndata: {}\n\n")
        }
    }
}

fn gzip(plain: &[u8]) -> anyhow::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}
