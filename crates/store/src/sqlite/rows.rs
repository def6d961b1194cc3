//! Reads samples that are rows, by the numbers that [`super::row_index`] knows. SQLite never uses the number of a
//! deleted row again, so a number either finds its row or nothing.

use super::row_index::Row as Known;
use super::{extra, row};
use crate::{Sample, Span};
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::{BTreeSet, HashMap};

/// [`crate::Samples::extra_names`] reads the names of this many first samples, and of as many more that are spread
/// over the rest.
const LOOKED_AT: usize = 200;
/// The number of rows read at once.
const AT_ONCE: usize = 4_096;

/// Selects samples by a JSON array of numbers of rows.
macro_rules! select_samples {
    () => {
        "SELECT computer_id, timestamp_ms, cpu_percent, memory_total, memory_used, memory_percent, \
            disk_total, disk_used, disk_percent, network_bytes_sent, network_bytes_recv, \
            network_sent_per_sec, network_recv_per_sec, extra \
        FROM stats WHERE id IN (SELECT value FROM json_each(?))"
    };
}

pub(super) const SAMPLES: &str = concat!(select_samples!(), " ORDER BY timestamp_ms");

/// Samples of computers that were not removed.
pub(super) const LATEST: &str = concat!(
    select_samples!(),
    " AND EXISTS (SELECT 1 FROM computers c WHERE c.id = computer_id AND removed_ms IS NULL)"
);

pub(super) const DELETE: &str = "DELETE FROM stats WHERE id IN (SELECT value FROM json_each(?))";

pub(super) const EXTRA: &str = "SELECT extra FROM stats \
    WHERE id IN (SELECT value FROM json_each(?)) AND extra IS NOT NULL";

/// Whether a computer exists.
pub(super) const IS_THERE: &str =
    "SELECT EXISTS (SELECT 1 FROM computers WHERE id = ? AND removed_ms IS NULL)";

/// Numbers of rows as a JSON array: a statement's text does not depend on their number.
pub(super) fn ids_as_json<'r>(rows: impl IntoIterator<Item = &'r Known>) -> String {
    let ids: Vec<i64> = rows.into_iter().map(|row| row.id).collect();
    serde_json::to_string(&ids).unwrap_or_default()
}

/// Reads these rows, one of each computer.
pub(super) async fn read_latest(
    connection: &mut SqliteConnection,
    newest: &[Known],
) -> sqlx::Result<Vec<Sample>> {
    let rows = sqlx::query(LATEST)
        .bind(ids_as_json(newest))
        .fetch(connection);
    rows.map_ok(|row| sample(&row)).try_collect().await
}

/// Deletes these rows.
pub(super) async fn delete_rows(
    connection: &mut SqliteConnection,
    rows: &[Known],
) -> sqlx::Result<()> {
    sqlx::query(DELETE)
        .bind(ids_as_json(rows))
        .execute(connection)
        .await?;
    Ok(())
}

/// Reads these rows of one computer, given in rising order.
pub(super) async fn read_samples(
    connection: &mut SqliteConnection,
    rows: &[Known],
) -> sqlx::Result<Vec<Sample>> {
    let mut samples = Vec::with_capacity(rows.len());
    for part in rows.chunks(AT_ONCE) {
        let found = sqlx::query(SAMPLES)
            .bind(ids_as_json(part))
            .fetch_all(&mut *connection)
            .await?;
        samples.extend(found.iter().map(sample));
    }
    Ok(samples)
}

/// Some series of some rows.
#[derive(Default)]
pub(super) struct Columns {
    /// The moments, rising.
    pub(super) times: Vec<i64>,
    /// For each requested series, one value or none for each moment.
    pub(super) values: Vec<Vec<Option<f64>>>,
}

/// Calls `take` with the moments and the values of these rows, part by part.
pub(super) async fn for_each_columns(
    connection: &mut SqliteConnection,
    series: &[String],
    rows: &[Known],
    mut take: impl FnMut(&Columns),
) -> sqlx::Result<()> {
    let wanted = SeriesColumns::new(series);
    for part in rows.chunks(AT_ONCE) {
        let found = sqlx::query(AssertSqlSafe(wanted.statement()))
            .bind(ids_as_json(part))
            .fetch_all(&mut *connection)
            .await?;
        let mut columns = Columns {
            times: Vec::with_capacity(found.len()),
            values: vec![Vec::with_capacity(found.len()); series.len()],
        };
        found.iter().for_each(|row| wanted.take(row, &mut columns));
        take(&columns);
    }
    Ok(())
}

/// Collects the names in `extra` of these rows; of many rows, only of some.
pub(super) async fn collect_names(
    connection: &mut SqliteConnection,
    rows: &[Known],
    names: &mut BTreeSet<String>,
) -> sqlx::Result<()> {
    let (first, rest) = rows.split_at(rows.len().min(LOOKED_AT));
    let step = rest.len().div_ceil(LOOKED_AT).max(1);
    let spread = rest.iter().rev().step_by(step);
    let found = sqlx::query(EXTRA)
        .bind(ids_as_json(first.iter().chain(spread)))
        .fetch_all(connection)
        .await?;
    found.iter().for_each(|row| add_names_of(row, names));
    Ok(())
}

/// The span of a computer's rows; `None` if it does not exist.
pub(super) async fn rows_span(
    connection: &mut SqliteConnection,
    computer_id: i64,
    ends: Option<(Known, Known)>,
) -> sqlx::Result<Option<Span>> {
    let is_there: bool = sqlx::query_scalar(IS_THERE)
        .bind(computer_id)
        .fetch_one(connection)
        .await?;
    let ends = ends.filter(|_| is_there);
    Ok(ends.map(|(first, last)| Span {
        first_ms: first.moment_ms,
        last_ms: last.moment_ms,
    }))
}

/// Maps requested series to columns and to names in `extra`.
pub(super) struct SeriesColumns<'s> {
    /// Columns, each with its index in the request.
    columns: Vec<(&'static str, usize)>,
    /// Names in `extra`, each with its indices in the request.
    extra: HashMap<&'s str, Vec<usize>>,
}

impl<'s> SeriesColumns<'s> {
    pub(super) fn new(series: &'s [String]) -> Self {
        let mut wanted = Self {
            columns: Vec::new(),
            extra: HashMap::new(),
        };
        for (place, name) in series.iter().enumerate() {
            match Sample::COLUMNS.into_iter().find(|column| column == name) {
                Some(column) => wanted.columns.push((column, place)),
                None => wanted.extra.entry(name).or_default().push(place),
            }
        }
        wanted
    }

    /// The text contains only constant names.
    pub(super) fn statement(&self) -> String {
        let mut statement = "SELECT timestamp_ms".to_owned();
        for (column, _) in &self.columns {
            statement += ", ";
            statement += column;
        }
        if !self.extra.is_empty() {
            statement += ", extra";
        }
        statement + " FROM stats WHERE id IN (SELECT value FROM json_each(?)) ORDER BY timestamp_ms"
    }

    /// Adds the values of a row.
    fn take(&self, row: &SqliteRow, columns: &mut Columns) {
        columns.times.push(row::integer(row, 0).unwrap_or_default());
        for (index, (_, place)) in self.columns.iter().enumerate() {
            columns.values[*place].push(row::real(row, index + 1));
        }
        let places = self.extra.values().flatten();
        places.for_each(|place| columns.values[*place].push(None));
        if self.extra.is_empty() {
            return;
        }
        let Some(json) = row::text(row, self.columns.len() + 1) else {
            return;
        };
        extra::each_number(
            &json,
            |name| self.extra.get(name),
            |places, number| {
                for place in places {
                    if let Some(last) = columns.values[*place].last_mut() {
                        *last = Some(number);
                    }
                }
            },
        );
    }
}

fn add_names_of(row: &SqliteRow, names: &mut BTreeSet<String>) {
    if let Some(json) = row::text(row, 0) {
        let unknown = |name: &str| (!names.contains(name)).then(|| name.to_owned());
        let mut found = Vec::new();
        extra::each_number(&json, unknown, |name, _| found.push(name));
        names.extend(found);
    }
}

fn sample(row: &SqliteRow) -> Sample {
    Sample {
        computer_id: row::integer(row, 0).unwrap_or_default(),
        timestamp_ms: row::integer(row, 1).unwrap_or_default(),
        cpu_percent: row::real(row, 2),
        memory_total: row::integer(row, 3),
        memory_used: row::integer(row, 4),
        memory_percent: row::real(row, 5),
        disk_total: row::integer(row, 6),
        disk_used: row::integer(row, 7),
        disk_percent: row::real(row, 8),
        network_bytes_sent: row::integer(row, 9),
        network_bytes_recv: row::integer(row, 10),
        network_sent_per_sec: row::real(row, 11),
        network_recv_per_sec: row::real(row, 12),
        extra: row::text(row, 13),
    }
}
