//! Backfill of one computer.

use super::Filler;
use super::moment::moment_ms;
use crate::intake::ingest::{CounterSnapshot, Intake, SeriesNames, facts_from_info, ingest};
use crate::live::{Last, restart};
use crate::ops::clock;
use crate::poll::address::Target;
use crate::poll::fetch::{AgentLink, FetchError};
use crate::upkeep::recorder::RecordError;
use muster_store::{Complete, Event, EventKind, Facts, Sample};
use muster_wire::catalogue::FILLED_IN;
use muster_wire::{Cursor, History, SystemInfo};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Pause between two pages of one computer.
const PAUSE: Duration = Duration::from_millis(50);
/// A reading closer to a sample than this many intervals adds nothing.
const NEAR_IN_INTERVALS: f64 = 0.4;
/// After this time the other computers get their turn first.
const TURN: Duration = Duration::from_secs(30);

/// Why a backfill stopped. It starts again after the next answer.
#[derive(Debug, Error)]
pub enum FillError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("invalid answer: {0}")]
    Parse(#[from] muster_wire::ParseError),
    #[error(transparent)]
    Store(#[from] muster_store::Error),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("out of time, other computers are waiting")]
    TurnOver,
}

/// The backfill of one computer.
pub struct Fill<'a> {
    filler: &'a Filler,
    id: i64,
    from_ms: i64,
    until_ms: i64,
    /// Times of all samples in the gap.
    moments: BTreeSet<i64>,
    previous: Option<CounterSnapshot>,
    names: SeriesNames,
    /// The last reading before a restart of the computer or the agent. It shows the cause of the restart.
    last_before: Option<Intake>,
    stored: u64,
}

impl<'a> Fill<'a> {
    /// Creates the backfill of the gap between two answers.
    pub fn new(filler: &'a Filler, id: i64, from_ms: i64, until_ms: i64) -> Self {
        Self {
            filler,
            id,
            from_ms,
            until_ms,
            moments: BTreeSet::new(),
            previous: None,
            names: SeriesNames::default(),
            last_before: None,
            stored: 0,
        }
    }

    /// Samples stored so far.
    pub fn stored(&self) -> u64 {
        self.stored
    }

    /// Fetches page after page, and stores the readings that are missing.
    ///
    /// # Errors
    /// Why it stopped. What was stored until then stays.
    pub async fn run(&mut self, target: &Target, complete: Complete) -> Result<(), FillError> {
        let Filler { store, fetcher, .. } = self.filler;
        let (from_ms, to_ms) = (self.from_ms, self.until_ms.saturating_add(1));
        self.moments
            .extend(store.moments(self.id, from_ms, to_ms).await?);
        // The answers at both ends may not be stored yet.
        self.moments.extend([from_ms, self.until_ms]);
        let mut link = AgentLink::default();
        let mut cursor = Cursor {
            run: complete.run,
            sequence: u64::try_from(complete.sequence).unwrap_or(0),
        };
        let began = Instant::now();
        while began.elapsed() < TURN {
            let bytes = fetcher
                .fetch(&target.for_readings_after(&cursor), &mut link)
                .await?;
            let arrived_ms = clock::now_ms();
            let mut now = muster_wire::parse(&bytes)?;
            let Some(history) = now.history.take() else {
                return Ok(());
            };
            let next = self.take_page(*history, &now, arrived_ms).await?;
            match next {
                Some(next) if next != cursor => cursor = next,
                _ => return self.explain(&now).await,
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(FillError::TurnOver)
    }

    /// Stores a page, and returns the cursor of the next one if that is needed.
    async fn take_page(
        &mut self,
        history: History,
        now: &SystemInfo,
        arrived_ms: i64,
    ) -> Result<Option<Cursor>, FillError> {
        let facts = facts_from_info(now);
        let mut samples = Vec::new();
        let mut is_over = false;
        let mut last_ms = self.from_ms;
        for reading in history.readings {
            let Some(moment_ms) = moment_ms(&reading, now, arrived_ms) else {
                continue;
            };
            is_over |= moment_ms >= self.until_ms;
            last_ms = last_ms.max(moment_ms.min(self.until_ms));
            samples.extend(self.sample(reading, moment_ms, &facts));
        }
        self.store(&samples).await?;
        let next: Option<Cursor> = history.next.and_then(|next| next.parse().ok());
        if let Some(next) = &next {
            self.advance_to(next, last_ms);
        }
        Ok(next.filter(|_| history.more && !is_over))
    }

    /// Turns a reading into a sample, if no other sample is near.
    fn sample(&mut self, mut reading: SystemInfo, moment_ms: i64, now: &Facts) -> Option<Sample> {
        self.names
            .limit_series(self.id, &mut reading.series, moment_ms);
        reading.series.push(FILLED_IN, 1_i64);
        let intake = ingest(self.id, moment_ms, reading, self.previous.as_ref());
        self.previous = Some(intake.counters.clone());
        let is_wanted = moment_ms > self.from_ms && moment_ms < self.until_ms;
        let sample = (is_wanted && self.is_open(moment_ms)).then(|| {
            self.moments.insert(moment_ms);
            intake.sample.clone()
        });
        if is_wanted && intake.facts.agent_run != now.agent_run {
            self.last_before = Some(intake);
        }
        sample
    }

    /// Records the cause of a restart. The last reading before it says more than the last answer before the outage.
    async fn explain(&self, now: &SystemInfo) -> Result<(), FillError> {
        let Some(last) = &self.last_before else {
            return Ok(());
        };
        let busiest = last.processes.as_ref().and_then(|all| all.first());
        let last = Last {
            facts: &last.facts,
            sample: Some(&last.sample),
            busiest: busiest.map(|process| (process.name.as_str(), process.cpu_percent)),
        };
        let Some(cause) = restart(last, &facts_from_info(now), now.agent.as_ref()) else {
            return Ok(());
        };
        let event = Event {
            computer_id: Some(self.id),
            at_ms: self.until_ms,
            kind: EventKind::Cause,
            reason: Some(cause),
            interval_ms: None,
        };
        Ok(self.filler.recorder.record_now(&[], &[event]).await?)
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
        self.filler.recorder.record_now(samples, &[]).await?;
        self.stored += samples.len() as u64;
        Ok(())
    }

    /// Records that the history is complete up to `last_ms`.
    fn advance_to(&self, next: &Cursor, last_ms: i64) {
        let complete = Complete {
            run: next.run.clone(),
            sequence: i64::try_from(next.sequence).unwrap_or(i64::MAX),
            at_ms: last_ms,
        };
        self.filler.live.fill_to(self.id, complete);
    }
}
