//! Samples on their way out: sealed days, and the rows beside them.

use super::rows::Wanted;
use super::sealed::{self, DAY_MS, Day, Sealed};
use super::{SqliteStore, events, record, rows};
use crate::{Columns, ComputerState, Event, Result, Sample, Samples, Span};
use async_trait::async_trait;
use muster_history::Value;
use sqlx::{Sqlite, Transaction};
use std::collections::{BTreeMap, BTreeSet};

/// In how many sealed days at most [`Samples::extra_names`] looks for names.
const DAYS_LOOKED_AT: usize = 30;

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
        self.check_identity()?;
        let mut transaction = self.begin().await?;
        record::insert(&mut transaction, samples).await?;
        record::update(&mut transaction, states).await?;
        events::insert(&mut transaction, happened).await?;
        Ok(transaction.commit().await?)
    }

    async fn latest(&self) -> Result<Vec<Sample>> {
        let mut connection = self.readers.acquire().await?;
        Ok(rows::latest(&mut connection).await?)
    }

    async fn samples(
        &self,
        computer_id: i64,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Sample>> {
        let mut snapshot = self.snapshot().await?;
        let mut found = Vec::new();
        let mut from_ms = from_ms;
        for day in sealed::between(&mut snapshot, computer_id, from_ms, to_ms).await? {
            let end_ms = to_ms.min(day.day_ms.saturating_add(DAY_MS));
            let room = left(&found, limit);
            found.extend(
                rows::samples(&mut snapshot, computer_id, from_ms, day.day_ms, room).await?,
            );
            from_ms = from_ms.max(day.day_ms);
            if left(&found, limit) == 0 {
                return Ok(found);
            }
            found.extend(
                self.samples_of_day(&mut snapshot, &day, from_ms, end_ms)
                    .await?,
            );
            found.truncate(limit as usize);
            from_ms = end_ms;
        }
        let room = left(&found, limit);
        found.extend(rows::samples(&mut snapshot, computer_id, from_ms, to_ms, room).await?);
        Ok(found)
    }

    async fn columns(
        &self,
        computer_id: i64,
        series: &[String],
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Columns> {
        let mut snapshot = self.snapshot().await?;
        let wanted = Wanted::of(series);
        let numbers: Vec<Option<i64>> = series.iter().map(|name| self.number(name)).collect();
        let mut columns = empty(series.len());
        let mut from_ms = from_ms;
        for sealed in sealed::between(&mut snapshot, computer_id, from_ms, to_ms).await? {
            let end_ms = to_ms.min(sealed.day_ms.saturating_add(DAY_MS));
            rows::add_columns(
                &mut snapshot,
                computer_id,
                &wanted,
                from_ms,
                sealed.day_ms,
                &mut columns,
            )
            .await?;
            from_ms = from_ms.max(sealed.day_ms);
            let mut late = empty(series.len());
            rows::add_columns(
                &mut snapshot,
                computer_id,
                &wanted,
                from_ms,
                end_ms,
                &mut late,
            )
            .await?;
            let asked = numbers.clone();
            let day = sealed
                .decode(&mut snapshot, move |id| asked.contains(&Some(id)))
                .await?;
            append(
                &mut columns,
                merged(part(&day, &numbers, from_ms, end_ms), late),
            );
            from_ms = end_ms;
        }
        rows::add_columns(
            &mut snapshot,
            computer_id,
            &wanted,
            from_ms,
            to_ms,
            &mut columns,
        )
        .await?;
        Ok(columns)
    }

    async fn extra_names(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<String>> {
        let mut snapshot = self.snapshot().await?;
        let mut names = BTreeSet::new();
        rows::add_names(&mut snapshot, computer_id, from_ms, to_ms, &mut names).await?;
        let days = sealed::between(&mut snapshot, computer_id, from_ms, to_ms).await?;
        for day in sealed::spread(&days, DAYS_LOOKED_AT) {
            day.add_names(&mut snapshot, &self.names, &mut names)
                .await?;
        }
        Ok(names.into_iter().collect())
    }

    async fn span(&self, computer_id: i64) -> Result<Option<Span>> {
        let mut snapshot = self.snapshot().await?;
        let Some(rows) = rows::span(&mut snapshot, computer_id).await? else {
            return Ok(None);
        };
        let days = sealed::span(&mut snapshot, computer_id)
            .await?
            .unwrap_or(rows);
        Ok(Some(Span {
            first_ms: rows.first_ms.min(days.first_ms),
            last_ms: rows.last_ms.max(days.last_ms),
        }))
    }
}

impl SqliteStore {
    /// The database as it is now, however long is read from it: a sample that is sealed meanwhile would
    /// otherwise be found twice, or not at all.
    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.readers.begin().await?)
    }

    /// What is sealed of a day and what lies beside it as rows, in order.
    async fn samples_of_day(
        &self,
        snapshot: &mut Transaction<'static, Sqlite>,
        sealed: &Sealed,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<Sample>> {
        let id = sealed.computer_id;
        let late = rows::samples(snapshot, id, from_ms, to_ms, u32::MAX).await?;
        let day = sealed.decode(snapshot, |_| true).await?;
        let within = sealed::samples(&day, id, from_ms, to_ms, &self.names);
        // One that is in both is the sealed one.
        let all = late.into_iter().chain(within);
        let by_moment: BTreeMap<i64, Sample> =
            all.map(|sample| (sample.timestamp_ms, sample)).collect();
        Ok(by_moment.into_values().collect())
    }

    /// The number under which a series is sealed, if it ever was.
    fn number(&self, name: &str) -> Option<i64> {
        match sealed::is_column(name) {
            Some(index) => Some(sealed::column(index)),
            None => self.names.number(name),
        }
    }
}

fn left(found: &[Sample], limit: u32) -> u32 {
    limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX))
}

fn empty(series: usize) -> Columns {
    Columns {
        timestamps_ms: Vec::new(),
        values: vec![Vec::new(); series],
    }
}

/// The wanted series of a day between two moments.
fn part(day: &Day, series: &[Option<i64>], from_ms: i64, to_ms: i64) -> Columns {
    let from = day.times.partition_point(|&time| time < from_ms);
    let to = day.times.partition_point(|&time| time < to_ms).max(from);
    let values = |number: &Option<i64>| match number.and_then(|number| day.series.get(&number)) {
        Some(values) => values[from..to]
            .iter()
            .map(|value| value.map(Value::as_f64))
            .collect(),
        None => vec![None; to - from],
    };
    Columns {
        timestamps_ms: day.times[from..to].to_vec(),
        values: series.iter().map(values).collect(),
    }
}

/// Two lots of columns in the order of their moments; one that is in both is the first's.
fn merged(one: Columns, other: Columns) -> Columns {
    if other.timestamps_ms.is_empty() {
        return one;
    }
    let entries = |columns: &Columns, which: bool| {
        let moments = columns.timestamps_ms.iter().enumerate();
        moments
            .map(|(entry, &moment)| (moment, which, entry))
            .collect::<Vec<_>>()
    };
    let mut order = [entries(&one, false), entries(&other, true)].concat();
    order.sort_unstable();
    order.dedup_by_key(|&mut (moment, _, _)| moment);
    let pick = |series: usize| {
        let value = |&(_, which, entry): &(i64, bool, usize)| {
            if which { &other } else { &one }.values[series][entry]
        };
        order.iter().map(value).collect()
    };
    Columns {
        timestamps_ms: order.iter().map(|&(moment, _, _)| moment).collect(),
        values: (0..one.values.len()).map(pick).collect(),
    }
}

fn append(columns: &mut Columns, more: Columns) {
    columns.timestamps_ms.extend(more.timestamps_ms);
    for (values, more) in columns.values.iter_mut().zip(more.values) {
        values.extend(more);
    }
}
