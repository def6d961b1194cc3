//! One computer: what its agent kept since the last reading that is there, as samples where none lies near.

use super::Filler;
use super::moment::moment_ms;
use crate::intake::ingest::{Intake, Reading, SeriesNames, facts, ingest};
use crate::live::{Last, restart};
use crate::ops::clock;
use crate::poll::address::Target;
use crate::poll::fetch::{FetchError, Line};
use muster_store::{Complete, Event, EventKind, Facts, Sample};
use muster_wire::{Cursor, History, SystemInfo};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use thiserror::Error;

/// The series that marks a sample as filled in.
const FILLED_IN: &str = "sample.filled_in";
/// Between two pages of one computer.
const PAUSE: Duration = Duration::from_millis(50);
/// Nearer than so many intervals to a sample, a reading says nothing new.
const NEAR_IN_INTERVALS: f64 = 0.4;
/// Whoever takes longer, being slow or without an end, goes on after all others had their turn.
const TURN: Duration = Duration::from_secs(30);

/// Why a fill broke off; it begins again with the next answer.
#[derive(Debug, Error)]
pub enum FillError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("not understood: {0}")]
    Parse(#[from] muster_wire::ParseError),
    #[error(transparent)]
    Store(#[from] muster_store::Error),
    #[error("the disk is nearly full")]
    Room,
    #[error("its turn is over")]
    Turn,
}

/// The filling in of one computer.
pub struct Fill<'a> {
    filler: &'a Filler,
    id: i64,
    from_ms: i64,
    until_ms: i64,
    /// Those of all samples that are there.
    moments: BTreeSet<i64>,
    previous: Option<Reading>,
    names: SeriesNames,
    /// The last reading of an earlier start or run, which tells what came before the one that answers.
    last_before: Option<Intake>,
    stored: u64,
}

impl<'a> Fill<'a> {
    /// Of what lies between two moments.
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

    /// Samples that it stored.
    pub fn stored(&self) -> u64 {
        self.stored
    }

    /// Asks page by page, and stores what is missing.
    ///
    /// # Errors
    /// Why it broke off; what is stored by then stays.
    pub async fn read(&mut self, target: &Target, complete: Complete) -> Result<(), FillError> {
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
        let began = Instant::now();
        while began.elapsed() < TURN {
            let bytes = fetcher.fetch(&target.since(&cursor), &mut line).await?;
            let arrived_ms = clock::now_ms();
            let mut now = muster_wire::parse(&bytes)?;
            let Some(history) = now.history.take() else {
                return Ok(());
            };
            let next = self.take(*history, &now, arrived_ms).await?;
            match next {
                Some(next) if next != cursor => cursor = next,
                _ => return self.explain(&now).await,
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(FillError::Turn)
    }

    /// Stores a page; where the next one begins comes back, if there is one that matters.
    async fn take(
        &mut self,
        history: History,
        now: &SystemInfo,
        arrived_ms: i64,
    ) -> Result<Option<Cursor>, FillError> {
        let facts = facts(now);
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
            self.note(next, last_ms);
        }
        Ok(next.filter(|_| history.more && !is_over))
    }

    /// The reading as a sample, where none lies near its moment.
    fn sample(&mut self, mut reading: SystemInfo, moment_ms: i64, now: &Facts) -> Option<Sample> {
        self.names.admit(self.id, &mut reading.series, moment_ms);
        reading.series.push(FILLED_IN, 1_i64);
        let intake = ingest(self.id, moment_ms, reading, self.previous.as_ref());
        self.previous = Some(intake.reading.clone());
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

    /// What the last reading before a restart says of it: more than the last answer before the outage did.
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
        let Some(cause) = restart(last, &facts(now), now.agent.as_ref()) else {
            return Ok(());
        };
        let event = Event {
            computer_id: Some(self.id),
            at_ms: self.until_ms,
            kind: EventKind::Cause,
            reason: Some(cause),
            interval_ms: None,
        };
        Ok(self.filler.store.record(&[], &[], &[event]).await?)
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
