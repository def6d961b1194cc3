//! Samples that are rows. Every statement here seeks in the index over computer and moment.

use super::{extra, row};
use crate::{Sample, Span};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::{BTreeSet, HashMap};

/// For how many samples at most [`Samples::extra_names`] looks for names.
const LOOKED_AT: i64 = 200;
/// Rows that are in memory at once while a chart is filled.
const AT_ONCE: usize = 4_096;

/// The newest sample of each computer: two seeks a computer, however many samples there are.
pub(super) const LATEST: &str = "SELECT s.computer_id, s.timestamp_ms, s.cpu_percent, \
        s.memory_total, s.memory_used, s.memory_percent, s.disk_total, s.disk_used, s.disk_percent, \
        s.network_bytes_sent, s.network_bytes_recv, s.network_sent_per_sec, s.network_recv_per_sec, \
        s.extra \
    FROM computers c CROSS JOIN stats s ON s.id = (SELECT id FROM stats \
        WHERE computer_id = c.id AND timestamp_ms IS NOT NULL ORDER BY timestamp_ms DESC LIMIT 1) \
    WHERE c.removed_ms IS NULL";

pub(super) const BETWEEN: &str = "SELECT computer_id, timestamp_ms, cpu_percent, \
        memory_total, memory_used, memory_percent, disk_total, disk_used, disk_percent, \
        network_bytes_sent, network_bytes_recv, network_sent_per_sec, network_recv_per_sec, extra \
    FROM stats WHERE computer_id = ? AND timestamp_ms >= ? AND timestamp_ms < ? \
    ORDER BY timestamp_ms LIMIT ?";

/// Where the history of a computer that was not removed begins and ends.
pub(super) const SPAN: &str = "SELECT \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL) \
    FROM computers c WHERE c.id = ? AND c.removed_ms IS NULL";

/// The first sample that has `extra` in each of `?4` equal parts of the time from `?2` to `?3`.
pub(super) const SPREAD: &str = "WITH RECURSIVE part (n) AS \
        (SELECT 0 UNION ALL SELECT n + 1 FROM part WHERE n + 1 < ?4) \
    SELECT extra FROM part CROSS JOIN stats ON stats.id = (SELECT id FROM stats \
        WHERE computer_id = ?1 AND timestamp_ms >= ?2 + (?3 - ?2) * n / ?4 \
          AND timestamp_ms < ?2 + (?3 - ?2) * (n + 1) / ?4 AND extra IS NOT NULL \
        ORDER BY timestamp_ms LIMIT 1)";

/// All samples that have `extra`, up to a limit.
pub(super) const EXTRA: &str = "SELECT timestamp_ms, extra FROM stats \
    WHERE computer_id = ? AND timestamp_ms >= ? AND timestamp_ms < ? AND extra IS NOT NULL \
    ORDER BY timestamp_ms LIMIT ?";

/// The newest sample of each computer, which is never sealed.
pub(super) async fn latest(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Sample>> {
    let rows = sqlx::query(LATEST).fetch(connection);
    rows.map_ok(|row| sample(&row)).try_collect().await
}

/// The rows of one computer between two moments, in order, up to a limit.
pub(super) async fn samples(
    connection: &mut SqliteConnection,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    limit: u32,
) -> sqlx::Result<Vec<Sample>> {
    let rows = sqlx::query(BETWEEN)
        .bind(computer_id)
        .bind(from_ms)
        .bind(to_ms)
        .bind(limit)
        .fetch(connection);
    rows.map_ok(|row| sample(&row)).try_collect().await
}

/// Some series of some rows: a value, or none, for each of them at each moment.
#[derive(Default)]
pub(super) struct Columns {
    /// The moments, rising.
    pub(super) times: Vec<i64>,
    /// For each series asked for, in that order, as many values as there are moments.
    pub(super) values: Vec<Vec<Option<f64>>>,
}

/// Calls `take` with the moments and the values of the rows between two moments, some thousand at a time.
pub(super) async fn each_columns(
    connection: &mut SqliteConnection,
    computer_id: i64,
    series: &[String],
    from_ms: i64,
    to_ms: i64,
    mut take: impl FnMut(&Columns),
) -> sqlx::Result<()> {
    let wanted = Wanted::of(series);
    let empty = || Columns {
        times: Vec::new(),
        values: vec![Vec::new(); series.len()],
    };
    let mut columns = empty();
    let mut rows = sqlx::query(AssertSqlSafe(wanted.statement()))
        .bind(computer_id)
        .bind(from_ms)
        .bind(to_ms)
        .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        wanted.take(&row, &mut columns);
        if columns.times.len() >= AT_ONCE {
            take(&std::mem::replace(&mut columns, empty()));
        }
    }
    take(&columns);
    Ok(())
}

/// The moments of the rows between two moments.
pub(super) async fn moments(
    connection: &mut SqliteConnection,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
) -> sqlx::Result<Vec<i64>> {
    let mut moments = Vec::new();
    each_columns(connection, computer_id, &[], from_ms, to_ms, |columns| {
        moments.extend(&columns.times);
    })
    .await?;
    Ok(moments)
}

/// Adds the names of further readings in the rows between two moments.
pub(super) async fn add_names(
    connection: &mut SqliteConnection,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    names: &mut BTreeSet<String>,
) -> sqlx::Result<()> {
    let first = sqlx::query(EXTRA)
        .bind(computer_id)
        .bind(from_ms)
        .bind(to_ms)
        .bind(LOOKED_AT)
        .fetch_all(&mut *connection)
        .await?;
    first.iter().for_each(|row| add_names_of(row, 1, names));
    if (first.len() as i64) < LOOKED_AT {
        return Ok(());
    }
    // There may be more than these: look at some of them, up to where they end.
    let last = span(connection, computer_id)
        .await?
        .map(|span| span.last_ms);
    let rest = sqlx::query(SPREAD)
        .bind(computer_id)
        .bind(first.last().and_then(|row| row::integer(row, 0)))
        .bind(to_ms.min(last.unwrap_or(to_ms).saturating_add(1)))
        .bind(LOOKED_AT)
        .fetch_all(&mut *connection)
        .await?;
    rest.iter().for_each(|row| add_names_of(row, 0, names));
    Ok(())
}

/// Where the rows of a computer begin and end.
pub(super) async fn span(
    connection: &mut SqliteConnection,
    computer_id: i64,
) -> sqlx::Result<Option<Span>> {
    let row = sqlx::query(SPAN)
        .bind(computer_id)
        .fetch_optional(connection)
        .await?;
    let ends = row.and_then(|row| row::integer(&row, 0).zip(row::integer(&row, 1)));
    Ok(ends.map(|(first_ms, last_ms)| Span { first_ms, last_ms }))
}

/// Where the values that were asked for are found and where they go.
pub(super) struct Wanted<'s> {
    /// Columns of the table, each with its place in the answer.
    columns: Vec<(&'static str, usize)>,
    /// Names in `extra`, each with its places in the answer.
    extra: HashMap<&'s str, Vec<usize>>,
}

impl<'s> Wanted<'s> {
    pub(super) fn of(series: &'s [String]) -> Self {
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

    /// Only names that are constants of this program stand in the text.
    pub(super) fn statement(&self) -> String {
        let mut statement = "SELECT timestamp_ms".to_owned();
        for (column, _) in &self.columns {
            statement += ", ";
            statement += column;
        }
        if !self.extra.is_empty() {
            statement += ", extra";
        }
        statement
            + " FROM stats WHERE computer_id = ? AND timestamp_ms >= ? AND timestamp_ms < ? \
               ORDER BY timestamp_ms"
    }

    /// Takes the values out of a row.
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

fn add_names_of(row: &SqliteRow, index: usize, names: &mut BTreeSet<String>) {
    if let Some(json) = row::text(row, index) {
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
