//! Rows of `stats` as columns, for their chunks.

use super::names::Names;
use super::row_index::Row as Known;
use super::{row, rows};
use crate::Sample;
use crate::sealed::{Block, column};
use muster_history::Value;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::collections::{BTreeMap, HashMap};

/// Rows as columns. A value that is not a number becomes `None` ([`row::value`]).
#[derive(Default)]
pub(super) struct RowColumns {
    times: Vec<i64>,
    columns: Vec<Vec<Option<Value>>>,
    extra: BTreeMap<String, HashMap<usize, Value>>,
}

impl RowColumns {
    /// Reads these rows of one computer.
    pub(super) async fn read_rows(readers: &SqlitePool, rows: &[Known]) -> sqlx::Result<Self> {
        let rows = sqlx::query(rows::SAMPLES).bind(rows::ids_as_json(rows));
        let rows = rows.fetch_all(readers).await?;
        let mut taken = Self {
            columns: vec![Vec::with_capacity(rows.len()); Sample::COLUMNS.len()],
            ..Self::default()
        };
        rows.iter().for_each(|row| taken.take(row));
        Ok(taken)
    }

    fn take(&mut self, row: &SqliteRow) {
        let Some(time) = row::integer(row, 1) else {
            return;
        };
        let entry = self.times.len();
        for (name, value) in numbers(row::text(row, 2 + Sample::COLUMNS.len())) {
            self.extra.entry(name).or_default().insert(entry, value);
        }
        for (index, values) in self.columns.iter_mut().enumerate() {
            values.push(row::value(row, 2 + index));
        }
        self.times.push(time);
    }

    /// Names that have no number yet.
    pub(super) fn unknown(&self, names: &Names) -> Vec<&str> {
        let all = self.extra.keys().map(String::as_str);
        all.filter(|name| names.number(name).is_none()).collect()
    }

    /// The rows as a block, once all names have numbers.
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

/// The numbers in `extra`, exact; none if it is not a flat object of numbers.
fn numbers(extra: Option<String>) -> Vec<(String, Value)> {
    let numbers: Option<BTreeMap<String, serde_json::Number>> =
        extra.and_then(|extra| serde_json::from_str(&extra).ok());
    let exact = |(name, number): (String, serde_json::Number)| {
        let integer = number.as_i64().map(Value::Integer);
        let value = integer.or_else(|| number.as_f64().map(Value::Float))?;
        Some((name, value)).filter(|(name, _)| !name.is_empty())
    };
    numbers.into_iter().flatten().filter_map(exact).collect()
}
