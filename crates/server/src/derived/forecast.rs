//! Forecasts in the background when disks will be full, from the samples of the last days.
//!
//! One computer at a time, with a pause of three times the work, so that it uses at most a quarter of a core and of a
//! database connection. It does not use the two permits for charts: people would wait behind ten thousand computers,
//! and the forecast behind people.

mod disks;
mod trend;

use crate::live::{DiskFull, Live};
use crate::ops::clock::{self, DAY_MS, HOUR_MS};
use crate::poll::phase::phase;
use disks::Disk;
use muster_history::{Bucket, Buckets};
use muster_store::{ChartQuery, Sample, Store};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How far back a forecast looks.
const LOOK_BACK_MS: i64 = 7 * DAY_MS;
/// Steps of that time: an hour each, or less if the history is shorter.
const STEPS: u32 = 168;
/// The first 1/24 of that time is compared with now before more is read.
const BEGINNING: i64 = 24;
/// A computer that is down for this long has no forecast.
const DOWN_MS: u64 = DAY_MS.unsigned_abs();
/// How often to look for computers that are due.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Interval of the forecasts of a computer; a part of it that depends on the id is added, to spread them.
const AGAIN: Duration = Duration::from_secs(3_600);
/// Ratio of pause to work.
const PAUSES: u32 = 3;
/// Limits of the pause: a large fleet is spread over the whole hour.
const MIN_PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Forecasts all computers, again and again.
pub struct Forecaster {
    store: Arc<dyn Store>,
    live: Arc<Live>,
}

impl Forecaster {
    /// Creates the task, which reads the store and writes to `Live`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, live: Arc<Live>) -> Self {
        Self { store, live }
    }

    /// Forecasts computers whenever they are due.
    pub async fn run_forever(&self) {
        let mut last_done = HashMap::new();
        loop {
            self.forecast_due(&mut last_done).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn forecast_due(&self, last_done: &mut HashMap<i64, Instant>) {
        // Keep only the ids: a record that is held here would be copied when its computer answers.
        let all = self.live.all();
        let answered = all.iter().filter(|latest| latest.sample.is_some());
        let mut ids: Vec<i64> = answered.map(|latest| latest.id).collect();
        drop(all);
        last_done.retain(|id, _| ids.binary_search(id).is_ok());
        ids.retain(|&id| is_due(id, last_done));
        let (count, mut took, mut failing) = (ids.len(), Duration::ZERO, false);
        for id in ids {
            let began = Instant::now();
            let result = self.forecast_computer(id, clock::now_ms()).await;
            if let (Err(error), false) = (&result, failing) {
                tracing::warn!(computer = id, %error, "cannot forecast when its disks will be full");
            }
            failing |= result.is_err();
            last_done.insert(id, Instant::now());
            took += began.elapsed();
            let pause = began.elapsed() * PAUSES;
            tokio::time::sleep(pause.clamp(MIN_PAUSE, MAX_PAUSE)).await;
        }
        if count > 0 {
            tracing::debug!(
                computers = count,
                ?took,
                "updated the forecasts of full disks"
            );
        }
    }

    async fn forecast_computer(&self, id: i64, now_ms: i64) -> muster_store::Result<()> {
        let Some(latest) = self.live.get(id) else {
            return Ok(());
        };
        let found = match &latest.sample {
            Some(newest) if newest.timestamp_ms.abs_diff(now_ms) < DOWN_MS => {
                self.first_full_disk(newest).await?
            }
            _ => None,
        };
        if DiskFull::is_news(latest.disk_full.as_ref(), found.as_ref(), now_ms) {
            self.live.set_disk_full(id, found);
        }
        Ok(())
    }

    /// The disk of the computer's newest sample that will be full first.
    async fn first_full_disk(&self, newest: &Sample) -> muster_store::Result<Option<DiskFull>> {
        let Some(span) = self.store.span(newest.computer_id).await? else {
            return Ok(None);
        };
        let query = ChartQuery {
            computer_id: newest.computer_id,
            from_ms: span.first_ms.max(newest.timestamp_ms - LOOK_BACK_MS),
            to_ms: newest.timestamp_ms.saturating_add(1),
            points: STEPS,
            series: Vec::new(),
        };
        if !trend::is_long_enough(days(query.to_ms - query.from_ms)) {
            return Ok(None);
        }
        let disks = self
            .filling_disks(disks::disks_of_sample(newest), &query)
            .await?;
        let charts = self.charts(&disks, query).await?;
        let full = disks.into_iter().zip(&charts).filter_map(|(disk, chart)| {
            let ahead = ahead_ms(&disk, chart)?;
            Some((newest.timestamp_ms.saturating_add(ahead), disk.mount))
        });
        let first = full.min_by_key(|&(at_ms, _)| at_ms);
        Ok(first.map(|(at_ms, disk)| DiskFull {
            at_ms: (at_ms + HOUR_MS / 2).div_euclid(HOUR_MS) * HOUR_MS,
            disk,
        }))
    }

    /// The disks that may be filling up: more is used now than at the beginning, or the beginning is unknown.
    async fn filling_disks(
        &self,
        disks: Vec<Disk>,
        query: &ChartQuery,
    ) -> muster_store::Result<Vec<Disk>> {
        let span_ms = query.to_ms - query.from_ms;
        let beginning = ChartQuery {
            to_ms: query.from_ms + span_ms / BEGINNING,
            points: 1,
            ..query.clone()
        };
        let charts = self.charts(&disks, beginning).await?;
        let may_fill = |disk: &Disk, chart: &Buckets| {
            let before = chart.buckets().first().and_then(Option::as_ref);
            before.is_none_or(|before| {
                trend::may_fill(before.avg(), disk.used, disk.room, days(span_ms))
            })
        };
        let with_charts = disks.into_iter().zip(&charts);
        let filling = with_charts.filter(|(disk, chart)| may_fill(disk, chart));
        Ok(filling.map(|(disk, _)| disk).collect())
    }

    async fn charts(
        &self,
        disks: &[Disk],
        query: ChartQuery,
    ) -> muster_store::Result<Vec<Buckets>> {
        if disks.is_empty() {
            return Ok(Vec::new());
        }
        let series = disks.iter().map(|disk| disk.series.clone()).collect();
        self.store.chart(&ChartQuery { series, ..query }).await
    }
}

fn is_due(id: i64, last_done: &HashMap<i64, Instant>) -> bool {
    let again = AGAIN.mul_f64(1.0 + phase(id));
    last_done.get(&id).is_none_or(|at| at.elapsed() >= again)
}

/// The time until a disk is full.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is some days, to an hour"
)]
fn ahead_ms(disk: &Disk, chart: &Buckets) -> Option<i64> {
    let buckets = chart.buckets().iter();
    let used: Vec<Option<f64>> = buckets
        .map(|bucket| bucket.as_ref().map(Bucket::avg))
        .collect();
    let ahead = trend::days_until_full(&used, days(chart.step_ms()), disk.used, disk.room);
    ahead.map(|ahead| (ahead * DAY_MS as f64) as i64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of some days fit into a float"
)]
fn days(ms: i64) -> f64 {
    ms as f64 / DAY_MS as f64
}

#[cfg(test)]
mod tests;
