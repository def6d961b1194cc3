//! Reads samples from chunks and rows, and records new ones.

use super::blocking::blocking;
use super::chunks::{self, SqliteChunks};
use super::row_index::{Row, Rows};
use super::{SqliteStore, charts, events, lines, record, rows, sealing};
use crate::sealed::{self, TIMES, column_index};
use crate::{
    ChartQuery, ChunkSet, ChunkStore, ComputerState, Error, Event, LinesQuery, PeriodInfo, Result,
    Sample, Samples, SeriesFilter, Span,
};
use async_trait::async_trait;
use muster_history::Buckets;
use sqlx::{Sqlite, Transaction};
use std::collections::{BTreeMap, BTreeSet};

/// [`Samples::extra_names`] reads at most this many periods.
const LOOKED_AT: usize = 30;

#[async_trait]
impl Samples for SqliteStore {
    async fn record(
        &self,
        samples: &[Sample],
        states: &[ComputerState],
        happened: &[Event],
    ) -> Result<()> {
        if samples.is_empty() && states.is_empty() && happened.is_empty() {
            return Ok(());
        }
        let giving_way = self.row_index.sealed_rows_to_reuse(samples.len());
        let mut transaction = self.begin().await?;
        let highest = self.row_index.highest();
        // First, so that the new rows reuse their pages.
        sealing::delete_runs(&mut transaction, &giving_way).await?;
        let inserted = record::insert_samples(&mut transaction, samples, highest).await?;
        record::update_states(&mut transaction, states).await?;
        events::insert(&mut transaction, happened).await?;
        transaction.commit().await?;
        self.row_index.update(|rows| {
            rows.count_stored(&giving_way, samples.len());
            let inserted = inserted.into_iter();
            inserted.for_each(|(computer_id, row)| rows.insert(computer_id, row));
        });
        Ok(())
    }

    async fn latest(&self) -> Result<Vec<Sample>> {
        let newest = |rows: &Rows| {
            rows.all_first_and_last()
                .map(|(_, (_, last))| last)
                .collect::<Vec<_>>()
        };
        let newest = self.query_rows(newest).await?;
        let mut connection = self.readers.acquire().await?;
        Ok(rows::read_latest(&mut connection, &newest).await?)
    }

    async fn samples(
        &self,
        computer_id: i64,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Sample>> {
        let known = |rows: &Rows| rows.between(computer_id, from_ms, to_ms);
        let (known, mut snapshot) = self.query_snapshot(known).await?;
        let span = (from_ms, to_ms);
        let sealed = self
            .sealed_samples(&mut snapshot, computer_id, span, limit)
            .await?;
        // If sealed samples reach the limit, only rows before the last of them matter.
        let full = sealed.len() >= limit as usize;
        let last_ms = sealed.last().filter(|_| full).map(|last| last.timestamp_ms);
        let matters = |row: &Row| last_ms.is_none_or(|last_ms| row.moment_ms <= last_ms);
        let end = known.partition_point(matters).min(limit as usize);
        let rows = rows::read_samples(&mut snapshot, &known[..end]).await;
        let rows = rows.map_err(Error::from);
        let rows = self.damage.readable_between(computer_id, span, rows)?;
        Ok(first(sealed, rows, limit))
    }

    async fn chart(&self, query: &ChartQuery) -> Result<Vec<Buckets>> {
        let known = |rows: &Rows| rows.between(query.computer_id, query.from_ms, query.to_ms);
        let (known, mut snapshot) = self.query_snapshot(known).await?;
        charts::read_chart(&mut snapshot, query, &known, &self.names, &self.damage).await
    }

    async fn lines(&self, query: &LinesQuery) -> Result<BTreeMap<i64, Vec<Option<f64>>>> {
        let (from_ms, to_ms) = (query.from_ms, lines::end_ms(query));
        let known = |rows: &Rows| {
            let ids = query.computer_ids.iter();
            let known = ids.map(|&id| (id, rows.between(id, from_ms, to_ms)));
            known.collect()
        };
        let (known, mut snapshot) = self.query_snapshot(known).await?;
        lines::read_lines(&mut snapshot, query, known, &self.names, &self.damage).await
    }

    async fn moments(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<i64>> {
        let known = |rows: &Rows| rows.between(computer_id, from_ms, to_ms);
        let (known, mut snapshot) = self.query_snapshot(known).await?;
        let (span, damage) = ((from_ms, to_ms), &self.damage);
        let mut moments: Vec<i64> = known.iter().map(|row| row.moment_ms).collect();
        let periods = damage.list_periods(&mut snapshot, computer_id, span);
        for info in periods.await? {
            let wanted = SeriesFilter::Only(&[TIMES]);
            let periods = [info];
            let sets = damage.read_chunks(&mut snapshot, computer_id, wanted, &periods);
            for set in sets.await? {
                match sealed::decode_moments(&set, from_ms, to_ms) {
                    Ok(found) => moments.extend(found),
                    Err(error) => damage.record_damage(computer_id, &info, &error),
                }
            }
        }
        moments.sort_unstable();
        moments.dedup();
        Ok(moments)
    }

    async fn extra_names(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<String>> {
        let known = |rows: &Rows| rows.between(computer_id, from_ms, to_ms);
        let (known, mut snapshot) = self.query_snapshot(known).await?;
        let mut names = BTreeSet::new();
        let (span, damage) = ((from_ms, to_ms), &self.damage);
        let rows = rows::collect_names(&mut snapshot, &known, &mut names).await;
        damage.readable_between(computer_id, span, rows.map_err(Error::from))?;
        let periods = damage.list_periods(&mut snapshot, computer_id, span);
        let periods = periods.await?;
        let mut chunks = SqliteChunks(&mut snapshot);
        let mut series = BTreeSet::new();
        for info in spread(&periods) {
            let read = chunks.series(computer_id, &[info]).await;
            let read = self.damage.readable(computer_id, &info, read)?;
            series.extend(read.unwrap_or_default());
        }
        let further = series
            .into_iter()
            .filter(|&series| series != TIMES && column_index(series).is_none());
        let further = further.filter_map(|series| self.names.name(series));
        names.extend(further.map(|name| name.to_string()));
        Ok(names.into_iter().collect())
    }

    fn damaged(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Span> {
        self.damage.spans(computer_id, from_ms, to_ms)
    }

    async fn span(&self, computer_id: i64) -> Result<Option<Span>> {
        let ends = |rows: &Rows| rows.first_and_last(computer_id);
        let (ends, mut snapshot) = self.query_snapshot(ends).await?;
        let Some(rows) = rows::rows_span(&mut snapshot, computer_id, ends).await? else {
            return Ok(None);
        };
        let sealed = chunks::span(&mut snapshot, computer_id).await?;
        let sealed = sealed.unwrap_or(rows);
        Ok(Some(Span {
            first_ms: rows.first_ms.min(sealed.first_ms),
            last_ms: rows.last_ms.max(sealed.last_ms),
        }))
    }
}

impl SqliteStore {
    /// Decodes the samples of a period within a span, without damaged series.
    async fn decode(
        &self,
        computer_id: i64,
        set: ChunkSet,
        span: (i64, i64),
        limit: u32,
    ) -> Result<Vec<Sample>> {
        let (names, damage) = (self.names.clone(), self.damage.clone());
        let info = set.info;
        let read = move || {
            let mut set = set;
            loop {
                let name = |series| names.name(series);
                let read = sealed::decode_samples(&set, computer_id, span, limit as usize, name);
                let Err(error) = &read else { return read };
                damage.record_damage(computer_id, &info, error);
                let Some(series) = error.series() else {
                    return Ok(Vec::new());
                };
                set.chunks.retain(|&(id, _)| id != series);
            }
        };
        blocking(computer_id, &info, read).await
    }

    /// Asks which rows there are, and then begins a snapshot of the database, in this order: a sample that is sealed in
    /// between is found twice, and counts once.
    async fn query_snapshot<T>(
        &self,
        question: impl FnOnce(&Rows) -> T,
    ) -> Result<(T, Transaction<'static, Sqlite>)> {
        let answer = self.query_rows(question).await?;
        Ok((answer, self.readers.begin().await?))
    }

    /// The first sealed samples within a span, in order.
    async fn sealed_samples(
        &self,
        snapshot: &mut Transaction<'static, Sqlite>,
        computer_id: i64,
        (from_ms, to_ms): (i64, i64),
        limit: u32,
    ) -> Result<Vec<Sample>> {
        let (span, damage) = ((from_ms, to_ms), &self.damage);
        let mut found: Vec<Sample> = Vec::new();
        for info in damage.list_periods(snapshot, computer_id, span).await? {
            // Periods are ordered by their first samples: later ones are not needed.
            let full = found.len() >= limit as usize;
            if full
                && found
                    .last()
                    .is_some_and(|last| last.timestamp_ms < info.first_ms)
            {
                break;
            }
            let periods = [info];
            let sets = damage.read_chunks(snapshot, computer_id, SeriesFilter::All, &periods);
            for set in sets.await? {
                let more = self.decode(computer_id, set, span, limit).await?;
                found = first(found, more, limit);
            }
        }
        Ok(found)
    }
}

/// The first samples of both, ordered by moment; of equal moments the first list's counts.
fn first(mut one: Vec<Sample>, other: Vec<Sample>, limit: u32) -> Vec<Sample> {
    one.extend(other);
    one.sort_by_key(|sample| sample.timestamp_ms);
    one.dedup_by_key(|sample| sample.timestamp_ms);
    one.truncate(limit as usize);
    one
}

/// Some of these periods, evenly spread, including the last.
fn spread(periods: &[PeriodInfo]) -> Vec<PeriodInfo> {
    let step = periods.len().div_ceil(LOOKED_AT).max(1);
    periods.iter().rev().step_by(step).copied().collect()
}
