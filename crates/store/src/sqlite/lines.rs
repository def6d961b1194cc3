//! Sparklines of many computers: one column of each, from one statement over rows and from sealed chunks.

use super::charts::find_doubles;
use super::damage::Damage;
use super::names::Names;
use super::row_index::Row;
use super::{row, rows};
use crate::sealed::{self, number_of, with_counters};
use crate::{LinesQuery, PeriodInfo, Result, SeriesFilter};
use muster_history::Buckets;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::BTreeMap;

/// SQLite sums, so that it returns only as many rows as there are steps. The rows come as one JSON array, so the
/// text does not depend on their number. Only the name of a column, a constant, is part of the text. In SQLite's
/// order, numbers precede text: a value of another type is left out.
pub(super) fn statement(column: &'static str) -> String {
    format!(
        "SELECT computer_id, (timestamp_ms - ?2) / ?4, total({column}), count(*) FROM stats \
         WHERE id IN (SELECT value FROM json_each(?1)) \
           AND timestamp_ms >= ?2 AND timestamp_ms < ?3 AND {column} < '' \
         GROUP BY 1, 2"
    )
}

/// The end of the lines.
pub(super) fn end_ms(query: &LinesQuery) -> i64 {
    let width_ms = query.step_ms.max(1).saturating_mul(query.steps.into());
    query.from_ms.saturating_add(width_ms)
}

/// The number of periods read at once.
const AT_ONCE: usize = 200;

/// The sum and the count of each step of each computer.
type Sums = BTreeMap<i64, Vec<(f64, u32)>>;

pub(super) async fn read_lines(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
    mut known: Vec<(i64, Vec<Row>)>,
    names: &Names,
    damage: &Damage,
) -> Result<BTreeMap<i64, Vec<Option<f64>>>> {
    let empty = || vec![(0.0, 0); query.steps as usize];
    let ids = query.computer_ids.iter();
    let mut sums: Sums = ids.map(|&id| (id, empty())).collect();
    let span = (query.from_ms, end_ms(query));
    let spans: Vec<_> = known.iter().map(|&(id, _)| (id, span)).collect();
    let periods = damage.list_periods_of_all(connection, &spans).await?;
    leave_out_doubles(connection, &periods, &mut known, damage).await?;
    for some in periods.chunks(AT_ONCE) {
        add_sealed(connection, query, some, names, damage, &mut sums).await?;
    }
    add_rows(connection, query, &known, &mut sums).await?;
    let mean = |(sum, count)| (count > 0).then(|| sum / f64::from(count));
    let line = |(id, sums): (i64, Vec<_>)| (id, sums.into_iter().map(mean).collect());
    Ok(sums.into_iter().map(line).collect())
}

/// Leaves out rows that are also in chunks.
async fn leave_out_doubles(
    connection: &mut SqliteConnection,
    periods: &[(i64, PeriodInfo)],
    known: &mut [(i64, Vec<Row>)],
    damage: &Damage,
) -> Result<()> {
    let mut theirs: BTreeMap<i64, Vec<PeriodInfo>> = BTreeMap::new();
    for &(id, info) in periods {
        theirs.entry(id).or_default().push(info);
    }
    for (id, known) in known {
        let periods = theirs.get(id).map_or(&[][..], Vec::as_slice);
        let doubles = find_doubles(connection, *id, periods, known, damage).await?;
        known.retain(|row| !doubles.contains(&row.moment_ms));
    }
    Ok(())
}

/// Adds sealed samples, which are one or two chunks for each computer.
async fn add_sealed(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
    periods: &[(i64, PeriodInfo)],
    names: &Names,
    damage: &Damage,
    sums: &mut Sums,
) -> Result<()> {
    let series = number_of(query.column, |name| names.number(name));
    let wanted = with_counters(series);
    let span = (query.from_ms, end_ms(query));
    let sets = damage.read_chunks_of_all(connection, SeriesFilter::Only(&wanted), periods);
    for (id, set) in sets.await? {
        let mut chart = [Buckets::new(span.0, span.1, query.steps)];
        if let Err(error) = sealed::add_to_charts(&set, &[series], span, &mut chart) {
            damage.record_damage(id, &set.info, &error);
        }
        let sums = sums.entry(id).or_default().iter_mut();
        for (step, found) in sums.zip(chart[0].buckets()) {
            let found = found.map_or((0.0, 0), |found| (found.sum, found.count));
            *step = (step.0 + found.0, step.1 + found.1);
        }
    }
    Ok(())
}

async fn add_rows(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
    known: &[(i64, Vec<Row>)],
    sums: &mut Sums,
) -> Result<()> {
    let found = sqlx::query(AssertSqlSafe(statement(query.column)))
        .bind(rows::ids_as_json(known.iter().flat_map(|(_, known)| known)))
        .bind(query.from_ms)
        .bind(end_ms(query))
        .bind(query.step_ms.max(1))
        .fetch_all(connection)
        .await?;
    for row in &found {
        let line = row::integer(row, 0).and_then(|id| sums.get_mut(&id));
        let step = row::integer(row, 1).and_then(|step| usize::try_from(step).ok());
        if let Some(step) = line.zip(step).and_then(|(line, step)| line.get_mut(step)) {
            let count = row::integer(row, 3).and_then(|count| u32::try_from(count).ok());
            step.0 += row::real(row, 2).unwrap_or_default();
            step.1 += count.unwrap_or_default();
        }
    }
    Ok(())
}
