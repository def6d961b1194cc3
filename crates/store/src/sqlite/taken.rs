//! Rows of `stats`, taken apart for their chunks.

use super::names::Names;
use super::row;
use crate::Sample;
use crate::sealed::{Block, column};
use muster_history::Value;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// The rows of one computer between two moments, but for those with a value that is no number in a column
/// of numbers: only a script writes such, and they stay rows.
pub(super) const ROWS: &str = "SELECT id, timestamp_ms, extra, cpu_percent, memory_total, memory_used, \
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
pub(super) const DELETE: &str = "DELETE FROM stats WHERE id IN (SELECT value FROM json_each(?))";

/// Rows, taken apart.
#[derive(Default)]
pub(super) struct Taken {
    ids: Vec<i64>,
    times: Vec<i64>,
    columns: Vec<Vec<Option<Value>>>,
    extra: BTreeMap<String, HashMap<usize, Value>>,
}

impl Taken {
    /// Takes apart what can be sealed of these rows.
    pub(super) async fn rows(
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

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(super) fn len(&self) -> usize {
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

    /// As a block; names that are new get their numbers.
    pub(super) async fn block(
        &self,
        connection: &mut SqliteConnection,
        names: &Names,
    ) -> sqlx::Result<Block> {
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
        Ok(Block {
            times: self.times.clone(),
            series,
        })
    }

    /// Deletes the rows that were taken; false where one of them is gone meanwhile.
    pub(super) async fn delete(&self, connection: &mut SqliteConnection) -> sqlx::Result<bool> {
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
