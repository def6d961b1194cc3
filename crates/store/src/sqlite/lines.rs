//! The small lines of many computers: one column of each, out of one statement over rows, and beside it what
//! of so near a time is sealed already.

use super::charts::doubles;
use super::damage::Damage;
use super::names::Names;
use super::unsealed::Row;
use super::{row, rows};
use crate::sealed::{self, number_of, with_counters};
use crate::{LinesQuery, Listed, Result, Wanted};
use muster_history::Buckets;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::BTreeMap;

/// Sums are made here and not by us, so that no more comes out than is shown, however often computers are
/// called. The rows come as one JSON array: the statement is the same text however many they are. Only the
/// name of a column, a constant of this program, stands in the text.
pub(super) fn statement(column: &'static str) -> String {
    format!(
        "SELECT computer_id, (timestamp_ms - ?2) / ?4, total({column}), count(*) FROM stats \
         WHERE id IN (SELECT value FROM json_each(?1)) \
           AND timestamp_ms >= ?2 AND timestamp_ms < ?3 AND typeof({column}) IN ('real', 'integer') \
         GROUP BY 1, 2"
    )
}

/// Where the lines end.
pub(super) fn end_ms(query: &LinesQuery) -> i64 {
    let width_ms = query.step_ms.max(1).saturating_mul(query.steps.into());
    query.from_ms.saturating_add(width_ms)
}

/// Sums and counts of the steps of each computer.
type Sums = BTreeMap<i64, Vec<(f64, u32)>>;

pub(super) async fn lines(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
    mut known: Vec<(i64, Vec<Row>)>,
    names: &Names,
    damage: &Damage,
) -> Result<BTreeMap<i64, Vec<Option<f64>>>> {
    let empty = || vec![(0.0, 0); query.steps as usize];
    let ids = query.computer_ids.iter();
    let mut sums: Sums = ids.map(|&id| (id, empty())).collect();
    for (id, known) in &mut known {
        let Some(sums) = sums.get_mut(id) else {
            continue;
        };
        let span = (query.from_ms, end_ms(query));
        let periods = damage.list(connection, *id, span).await?;
        if !periods.is_empty() {
            let doubles = doubles(connection, *id, &periods, known, damage).await?;
            known.retain(|row| !doubles.contains(&row.moment_ms));
            let chart = sealed_chart(connection, query, *id, &periods, names, damage).await?;
            for (step, found) in sums.iter_mut().zip(chart.buckets()) {
                let found = found.map_or((0.0, 0), |found| (found.sum, found.count));
                *step = (step.0 + found.0, step.1 + found.1);
            }
        }
    }
    add_rows(connection, query, &known, &mut sums).await?;
    let mean = |(sum, count)| (count > 0).then(|| sum / f64::from(count));
    let line = |(id, sums): (i64, Vec<_>)| (id, sums.into_iter().map(mean).collect());
    Ok(sums.into_iter().map(line).collect())
}

/// What is sealed of one line: of the last hours that is a chunk or two.
async fn sealed_chart(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
    computer_id: i64,
    periods: &[Listed],
    names: &Names,
    damage: &Damage,
) -> Result<Buckets> {
    let series = number_of(query.column, |name| names.number(name));
    let wanted = with_counters(series);
    let span = (query.from_ms, end_ms(query));
    let mut chart = [Buckets::new(span.0, span.1, query.steps)];
    let sets = damage.get(connection, computer_id, Wanted::Some(&wanted), periods);
    for set in sets.await? {
        if let Err(error) = sealed::add_to_charts(&set, &[series], span, &mut chart) {
            damage.note(computer_id, &set.listed, &error);
        }
    }
    let [chart] = chart;
    Ok(chart)
}

async fn add_rows(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
    known: &[(i64, Vec<Row>)],
    sums: &mut Sums,
) -> Result<()> {
    let found = sqlx::query(AssertSqlSafe(statement(query.column)))
        .bind(rows::ids(known.iter().flat_map(|(_, known)| known)))
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
