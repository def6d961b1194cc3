//! Sealed days on their way out.

use super::day::Day;
use super::series::{Names, TIMES, column, column_index};
use super::{DAY_MS, bundle};
use crate::sqlite::row;
use crate::{Error, Result, Sample, Span};
use muster_history::Value;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// The days of a computer that have samples between two moments.
pub(crate) const BETWEEN_DAYS: &str = "SELECT day_ms FROM days \
    WHERE computer_id = ? AND day_ms > ? AND day_ms < ? AND last_ms >= ? AND first_ms < ? ORDER BY day_ms";
pub(crate) const ONE_DAY: &str = "SELECT chunks FROM days WHERE computer_id = ? AND day_ms = ?";
pub(crate) const DAY_SPAN: &str =
    "SELECT min(first_ms), max(last_ms) FROM days WHERE computer_id = ?";

/// A sealed day.
pub(crate) struct Sealed {
    pub(crate) computer_id: i64,
    pub(crate) day_ms: i64,
}

/// The sealed days that have samples in `from_ms <= moment < to_ms`, in order.
pub(crate) async fn between(
    connection: &mut SqliteConnection,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
) -> sqlx::Result<Vec<Sealed>> {
    let days: Vec<i64> = sqlx::query_scalar(BETWEEN_DAYS)
        .bind(computer_id)
        .bind(from_ms.saturating_sub(DAY_MS))
        .bind(to_ms)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(connection)
        .await?;
    let sealed = |day_ms| Sealed {
        computer_id,
        day_ms,
    };
    Ok(days.into_iter().map(sealed).collect())
}

/// Where the sealed history of a computer begins and ends.
pub(crate) async fn span(
    connection: &mut SqliteConnection,
    computer_id: i64,
) -> sqlx::Result<Option<Span>> {
    let row = sqlx::query(DAY_SPAN)
        .bind(computer_id)
        .fetch_one(connection)
        .await?;
    let ends = row::integer(&row, 0).zip(row::integer(&row, 1));
    Ok(ends.map(|(first_ms, last_ms)| Span { first_ms, last_ms }))
}

/// At most `count` of these days, spread over them.
pub(crate) fn spread(days: &[Sealed], count: usize) -> impl Iterator<Item = &Sealed> {
    let step = days.len().div_ceil(count.max(1)).max(1);
    days.iter().rev().step_by(step)
}

impl Sealed {
    /// Decodes what is wanted of it, on a thread of its own.
    pub(crate) async fn decode(
        &self,
        connection: &mut SqliteConnection,
        wanted: impl Fn(i64) -> bool + Send + 'static,
    ) -> Result<Day> {
        let Some(chunks) = self.chunks(connection).await? else {
            return Ok(Day::default());
        };
        let damaged = |error: &dyn std::fmt::Display| {
            Error::damaged_day(self.computer_id, self.day_ms, error)
        };
        match tokio::task::spawn_blocking(move || Day::decode(&chunks, wanted)).await {
            Ok(day) => day.map_err(|error| damaged(&error)),
            Err(error) => Err(damaged(&error)),
        }
    }

    /// Adds the names of the further readings in it.
    pub(crate) async fn add_names(
        &self,
        connection: &mut SqliteConnection,
        names: &Names,
        found: &mut BTreeSet<String>,
    ) -> Result<()> {
        let chunks = self.chunks(connection).await?.unwrap_or_default();
        for (series, _) in bundle::read(&chunks).unwrap_or_default() {
            if series != TIMES
                && column_index(series).is_none()
                && let Some(name) = names.name(series)
            {
                found.insert(name.to_string());
            }
        }
        Ok(())
    }

    /// A removed computer's day may be deleted at any moment.
    async fn chunks(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<Vec<u8>>> {
        sqlx::query_scalar(ONE_DAY)
            .bind(self.computer_id)
            .bind(self.day_ms)
            .fetch_optional(connection)
            .await
    }
}

/// The samples of a day within two moments, with the names of their further readings.
pub(crate) fn samples(
    day: &Day,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    names: &Names,
) -> Vec<Sample> {
    let from = day.times.partition_point(|&time| time < from_ms);
    let to = day.times.partition_point(|&time| time < to_ms);
    (from..to)
        .map(|entry| sample(day, computer_id, entry, names))
        .collect()
}

fn sample(day: &Day, computer_id: i64, entry: usize, names: &Names) -> Sample {
    let value = |index: usize| {
        day.series
            .get(&column(index))
            .and_then(|values| values[entry])
    };
    let real = |index| value(index).map(Value::as_f64);
    let integer = |index| match value(index) {
        Some(Value::Integer(integer)) => Some(integer),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "as a row of such a column is read"
        )]
        Some(Value::Float(float)) => Some(float as i64),
        None => None,
    };
    Sample {
        computer_id,
        timestamp_ms: day.times[entry],
        cpu_percent: real(0),
        memory_total: integer(1),
        memory_used: integer(2),
        memory_percent: real(3),
        disk_total: integer(4),
        disk_used: integer(5),
        disk_percent: real(6),
        network_bytes_sent: integer(7),
        network_bytes_recv: integer(8),
        network_sent_per_sec: real(9),
        network_recv_per_sec: real(10),
        extra: extra(day, entry, names),
    }
}

/// Back to the flat object that it was.
fn extra(day: &Day, entry: usize, names: &Names) -> Option<String> {
    let further = day
        .series
        .iter()
        .filter(|(series, _)| column_index(**series).is_none());
    let mut object = serde_json::Map::new();
    for (series, values) in further {
        let number = match values[entry] {
            Some(Value::Integer(integer)) => integer.into(),
            Some(Value::Float(float)) => match serde_json::Number::from_f64(float) {
                Some(number) => number,
                None => continue,
            },
            None => continue,
        };
        if let Some(name) = names.name(*series) {
            object.insert(name.to_string(), number.into());
        }
    }
    (!object.is_empty()).then(|| serde_json::Value::Object(object).to_string())
}
