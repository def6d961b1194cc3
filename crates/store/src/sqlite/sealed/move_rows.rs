//! From rows of `stats` to the chunks of their day, in one transaction.

use super::day::{Day, DayError};
use super::series::{Names, column};
use crate::sqlite::row;
use crate::{Error, Result, Sample};
use muster_history::Value;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};
use std::collections::{BTreeMap, HashMap};

/// The rows of one computer between two moments, but for those with a value that is no number in a column
/// of numbers: only a script writes such, and they stay rows.
pub(crate) const ROWS: &str = "SELECT id, timestamp_ms, extra, cpu_percent, memory_total, memory_used, \
        memory_percent, disk_total, disk_used, disk_percent, network_bytes_sent, network_bytes_recv, \
        network_sent_per_sec, network_recv_per_sec \
    FROM stats WHERE computer_id = ? AND timestamp_ms >= ? AND timestamp_ms < ? \
        AND (cpu_percent IS NULL OR typeof(cpu_percent) IN ('real', 'integer')) \
        AND (memory_total IS NULL OR typeof(memory_total) IN ('real', 'integer')) \
        AND (memory_used IS NULL OR typeof(memory_used) IN ('real', 'integer')) \
        AND (memory_percent IS NULL OR typeof(memory_percent) IN ('real', 'integer')) \
        AND (disk_total IS NULL OR typeof(disk_total) IN ('real', 'integer')) \
        AND (disk_used IS NULL OR typeof(disk_used) IN ('real', 'integer')) \
        AND (disk_percent IS NULL OR typeof(disk_percent) IN ('real', 'integer')) \
        AND (network_bytes_sent IS NULL OR typeof(network_bytes_sent) IN ('real', 'integer')) \
        AND (network_bytes_recv IS NULL OR typeof(network_bytes_recv) IN ('real', 'integer')) \
        AND (network_sent_per_sec IS NULL OR typeof(network_sent_per_sec) IN ('real', 'integer')) \
        AND (network_recv_per_sec IS NULL OR typeof(network_recv_per_sec) IN ('real', 'integer')) \
    ORDER BY timestamp_ms";

/// The rows of these numbers, given as a JSON array.
pub(crate) const DELETE: &str = "DELETE FROM stats WHERE id IN (SELECT value FROM json_each(?))";

/// Rows, taken apart.
#[derive(Default)]
pub(crate) struct Taken {
    ids: Vec<i64>,
    times: Vec<i64>,
    columns: Vec<Vec<Option<Value>>>,
    extra: BTreeMap<String, HashMap<usize, Value>>,
}

impl Taken {
    /// Takes apart what can be sealed of these rows.
    pub(crate) async fn rows(
        readers: &SqlitePool,
        computer_id: i64,
        from_ms: i64,
        to_ms: i64,
    ) -> sqlx::Result<Self> {
        let rows = sqlx::query(ROWS)
            .bind(computer_id)
            .bind(from_ms)
            .bind(to_ms)
            .fetch_all(readers)
            .await?;
        let mut taken = Self {
            columns: vec![Vec::with_capacity(rows.len()); Sample::COLUMNS.len()],
            ..Self::default()
        };
        rows.iter().for_each(|row| taken.take(row));
        Ok(taken)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    fn take(&mut self, row: &SqliteRow) {
        let (Ok(id), Ok(time)) = (row.try_get(0), row.try_get(1)) else {
            return;
        };
        // What is no flat object of numbers stays as the row that it is.
        let Some(extra) = numbers(row::text(row, 2)) else {
            return;
        };
        let entry = self.ids.len();
        for (name, value) in extra {
            self.extra.entry(name).or_default().insert(entry, value);
        }
        for (index, values) in self.columns.iter_mut().enumerate() {
            values.push(row::value(row, 3 + index));
        }
        self.ids.push(id);
        self.times.push(time);
    }

    /// As a day; names that are new get their numbers.
    pub(crate) async fn day(
        &self,
        connection: &mut SqliteConnection,
        names: &Names,
    ) -> sqlx::Result<Day> {
        let columns = self.columns.iter().enumerate();
        let mut series: BTreeMap<_, _> = columns
            .map(|(index, values)| (column(index), values.clone()))
            .collect();
        for (name, values) in &self.extra {
            let number = match names.number(name) {
                Some(number) => number,
                None => names.give(connection, name).await?,
            };
            let entries = (0..self.times.len()).map(|entry| values.get(&entry).copied());
            series.insert(number, entries.collect());
        }
        Ok(Day {
            times: self.times.clone(),
            series,
        })
    }

    /// Deletes the rows that were taken; false where one of them is gone meanwhile.
    pub(crate) async fn delete(&self, connection: &mut SqliteConnection) -> sqlx::Result<bool> {
        let ids = serde_json::to_string(&self.ids).unwrap_or_default();
        let deleted = sqlx::query(DELETE).bind(ids).execute(connection).await?;
        Ok(deleted.rows_affected() == self.ids.len() as u64)
    }
}

/// The numbers in `extra`, exact; `None` where it is something else than a flat object of numbers.
fn numbers(extra: Option<String>) -> Option<Vec<(String, Value)>> {
    let Some(extra) = extra else {
        return Some(Vec::new());
    };
    let numbers: BTreeMap<String, serde_json::Number> = serde_json::from_str(&extra).ok()?;
    let exact = |(name, number): (String, serde_json::Number)| {
        let value = match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None if number.is_f64() => Value::Float(number.as_f64()?),
            None => return None,
        };
        Some((name, value)).filter(|(name, _)| !name.is_empty())
    };
    numbers.into_iter().map(exact).collect()
}

/// The chunks that a day has already.
pub(crate) async fn stored(
    connection: &mut SqliteConnection,
    computer_id: i64,
    day_ms: i64,
) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar("SELECT chunks FROM days WHERE computer_id = ? AND day_ms = ?")
        .bind(computer_id)
        .bind(day_ms)
        .fetch_optional(connection)
        .await
}

/// Puts a day's chunks in place of those that it had.
pub(crate) async fn put(
    transaction: &mut Transaction<'static, Sqlite>,
    computer_id: i64,
    day_ms: i64,
    day: &Day,
    chunks: Vec<u8>,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO days (computer_id, day_ms, first_ms, last_ms, samples, chunks) \
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(computer_id)
    .bind(day_ms)
    .bind(day.times.first())
    .bind(day.times.last())
    .bind(day.times.len() as i64)
    .bind(chunks)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Encodes a day together with what is stored of it, on a thread of its own: it takes milliseconds.
pub(crate) async fn merged(
    new: Day,
    stored: Option<Vec<u8>>,
    whose: (i64, i64),
) -> Result<(Day, Vec<u8>)> {
    let work = move || {
        let mut day = match &stored {
            Some(bytes) => Day::decode(bytes, |_| true)?,
            None => Day::default(),
        };
        day.merge(&new);
        let chunks = day.encode()?;
        Ok::<_, DayError>((day, chunks))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| Error::damaged_day(whose.0, whose.1, &error)),
        Err(error) => Err(Error::damaged_day(whose.0, whose.1, &error)),
    }
}
