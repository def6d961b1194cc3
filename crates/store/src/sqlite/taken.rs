//! Rows of `stats`, taken apart for their chunks.

use super::names::Names;
use super::unsealed::Row as Known;
use super::{row, rows};
use crate::Sample;
use crate::sealed::{Block, column};
use muster_history::Value;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// Rows of one computer, but for those with a value that is no number in a column
/// of numbers: only a script writes such, and they stay rows.
pub(super) const ROWS: &str = "SELECT id, timestamp_ms, extra, cpu_percent, memory_total, memory_used, \
        memory_percent, disk_total, disk_used, disk_percent, network_bytes_sent, network_bytes_recv, \
        network_sent_per_sec, network_recv_per_sec \
    FROM stats WHERE id IN (SELECT value FROM json_each(?)) AND computer_id = ? \
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

/// Rows of one computer.
pub(super) const DELETE: &str =
    "DELETE FROM stats WHERE id IN (SELECT value FROM json_each(?)) AND computer_id = ?";

/// Deletes some rows of a computer.
pub(super) async fn delete(
    connection: &mut SqliteConnection,
    computer_id: i64,
    rows: &[Known],
) -> sqlx::Result<()> {
    sqlx::query(DELETE)
        .bind(rows::ids(rows))
        .bind(computer_id)
        .execute(connection)
        .await?;
    Ok(())
}

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
        rows: &[Known],
    ) -> sqlx::Result<Self> {
        let rows = sqlx::query(ROWS)
            .bind(rows::ids(rows))
            .bind(computer_id)
            .fetch_all(readers)
            .await?;
        let mut taken = Self {
            columns: vec![Vec::with_capacity(rows.len()); Sample::COLUMNS.len()],
            ..Self::default()
        };
        rows.iter().for_each(|row| taken.take(row));
        Ok(taken)
    }

    /// The rows that were taken, rising.
    pub(super) fn known(&self) -> Vec<Known> {
        let known = |(&id, &moment_ms)| Known { moment_ms, id };
        self.ids.iter().zip(&self.times).map(known).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
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

    /// The names in it that have no number yet.
    pub(super) fn unknown(&self, names: &Names) -> Vec<&str> {
        let all = self.extra.keys().map(String::as_str);
        all.filter(|name| names.number(name).is_none()).collect()
    }

    /// As a block, once all names have their numbers.
    pub(super) fn into_block(self, names: &Names) -> Block {
        let columns = self.columns.into_iter().enumerate();
        let mut series: BTreeMap<_, _> = columns
            .map(|(index, values)| (column(index), values))
            .collect();
        for (name, values) in &self.extra {
            if let Some(number) = names.number(name) {
                let entries = (0..self.times.len()).map(|entry| values.get(&entry).copied());
                series.insert(number, entries.collect());
            }
        }
        let times = self.times;
        Block { times, series }
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
