//! Charts: sealed samples and rows into the same buckets.

use super::chunks::SqliteChunks;
use super::names::Names;
use super::rows::{self, Columns};
use super::samples::{blocking, damaged};
use crate::sealed::{self, TIMES, number_of, with_counters};
use crate::{ChartQuery, Chunks, Listed, Result, Wanted};
use muster_history::Buckets;
use sqlx::SqliteConnection;
use std::collections::HashSet;

/// Numbers that are read before they are decoded: some megabytes of chunks.
const AT_ONCE: u64 = 4_000_000;

pub(super) async fn chart(
    connection: &mut SqliteConnection,
    query: &ChartQuery,
    names: &Names,
) -> Result<Vec<Buckets>> {
    let &ChartQuery {
        computer_id,
        from_ms,
        to_ms,
        ..
    } = query;
    let mut charts = vec![query.empty(); query.series.len()];
    let periods = SqliteChunks(connection)
        .list(computer_id, from_ms, to_ms)
        .await?;
    let doubles = doubles(connection, computer_id, &periods).await?;
    let mut chunks = SqliteChunks(connection);
    let number = |name: &String| number_of(name, |name| names.number(name));
    let series: Vec<Option<i64>> = query.series.iter().map(number).collect();
    let wanted = with_counters(series.iter().flatten().copied());
    for part in parts(&periods, wanted.len()) {
        let sets = chunks.get(computer_id, Wanted::Some(&wanted), part).await?;
        for set in sets {
            let (series, listed) = (series.clone(), set.listed);
            let mut filled = charts;
            charts = blocking(computer_id, &listed, move || {
                sealed::add_to_charts(&set, &series, (from_ms, to_ms), &mut filled)?;
                Ok(filled)
            })
            .await?;
        }
    }
    let add = |rows: &Columns| add_rows(rows, &doubles, &mut charts);
    rows::each_columns(connection, computer_id, &query.series, from_ms, to_ms, add).await?;
    Ok(charts)
}

/// Periods in parts that are small enough to be held at once.
fn parts(periods: &[Listed], series: usize) -> Vec<&[Listed]> {
    let mut parts = Vec::new();
    let (mut start, mut numbers) = (0, 0);
    for (place, listed) in periods.iter().enumerate() {
        if numbers > AT_ONCE {
            parts.push(&periods[start..place]);
            (start, numbers) = (place, 0);
        }
        numbers += listed.samples.saturating_mul(series as u64);
    }
    parts.push(&periods[start..]);
    parts
}

/// Moments of rows that are sealed already: each sample counts once. Rows are mostly newer than all that is
/// sealed, and then nothing is looked at.
async fn doubles(
    connection: &mut SqliteConnection,
    computer_id: i64,
    periods: &[Listed],
) -> Result<HashSet<i64>> {
    let mut doubles = HashSet::new();
    let rows = rows::span(connection, computer_id).await?;
    let overlap = |listed: &&Listed| rows.is_some_and(|rows| rows.first_ms <= listed.last_ms);
    for listed in periods.iter().filter(overlap) {
        let (first_ms, end_ms) = (listed.first_ms, listed.last_ms.saturating_add(1));
        let late = rows::moments(connection, computer_id, first_ms, end_ms).await?;
        if late.is_empty() {
            continue;
        }
        let mut chunks = SqliteChunks(connection);
        let wanted = Wanted::Some(&[TIMES]);
        for set in chunks.get(computer_id, wanted, &[*listed]).await? {
            let times = sealed::moments(&set, first_ms, end_ms);
            let times = times.map_err(|error| damaged(computer_id, listed, &error))?;
            doubles.extend(late.iter().filter(|late| times.binary_search(late).is_ok()));
        }
    }
    Ok(doubles)
}

fn add_rows(rows: &Columns, doubles: &HashSet<i64>, charts: &mut [Buckets]) {
    for (chart, values) in charts.iter_mut().zip(&rows.values) {
        for (&moment_ms, value) in rows.times.iter().zip(values) {
            if let Some(value) = value.filter(|_| !doubles.contains(&moment_ms)) {
                chart.add(moment_ms, value);
            }
        }
    }
}
