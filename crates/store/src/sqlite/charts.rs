//! Charts: adds sealed samples and rows to the same buckets.

mod decoders;

use super::damage::Damage;
use super::names::Names;
use super::row_index::Row;
use super::rows::{self, Columns};
use crate::sealed::{self, TIMES, number_of, with_counters};
use crate::{ChartQuery, ChunkSet, Error, PeriodInfo, Result, SeriesFilter};
use decoders::Decoders;
use muster_history::Buckets;
use sqlx::SqliteConnection;
use std::collections::HashSet;

/// Values that are read at once, about a megabyte of chunks.
const AT_ONCE: u64 = 1_000_000;

pub(super) async fn read_chart(
    connection: &mut SqliteConnection,
    query: &ChartQuery,
    known: &[Row],
    names: &Names,
    damage: &Damage,
) -> Result<Vec<Buckets>> {
    let &ChartQuery {
        computer_id,
        from_ms,
        to_ms,
        ..
    } = query;
    let mut charts = vec![query.empty(); query.series.len()];
    let span = (from_ms, to_ms);
    let periods = damage.list_periods(connection, computer_id, span).await?;
    let doubles = find_doubles(connection, computer_id, &periods, known, damage).await?;
    let number = |name: &String| number_of(name, |name| names.number(name));
    let series: Vec<Option<i64>> = query.series.iter().map(number).collect();
    let wanted = with_counters(series.iter().flatten().copied());
    let samples = periods.iter().map(|info| info.samples);
    let samples = samples.fold(0, u64::saturating_add);
    let mut decoders = Decoders::start(query, &series, samples, damage);
    for part in parts(&periods, wanted.len()) {
        let wanted = SeriesFilter::Only(&wanted);
        decoders
            .push(
                damage
                    .read_chunks(connection, computer_id, wanted, part)
                    .await?,
            )
            .await;
    }
    decoders.finish(&mut charts).await?;
    let add = |rows: &Columns| add_rows(rows, &doubles, &mut charts);
    let rows = rows::for_each_columns(connection, &query.series, known, add).await;
    damage.readable_between(computer_id, span, rows.map_err(Error::from))?;
    Ok(charts)
}

fn fill_share(
    query: &ChartQuery,
    series: &[Option<i64>],
    sets: &[ChunkSet],
    damage: &Damage,
) -> Vec<Buckets> {
    let mut charts = vec![query.empty(); series.len()];
    let span = (query.from_ms, query.to_ms);
    let add = |set| sealed::add_to_charts(set, series, span, &mut charts);
    match sets.iter().try_for_each(add) {
        Ok(()) => charts,
        Err(_) => fill_readable(query, series, sets, damage),
    }
}

/// Does the same if something is damaged: reads each series of each period by itself, so that only damaged ones are
/// missing.
fn fill_readable(
    query: &ChartQuery,
    series: &[Option<i64>],
    sets: &[ChunkSet],
    damage: &Damage,
) -> Vec<Buckets> {
    let mut charts = vec![query.empty(); series.len()];
    let span = (query.from_ms, query.to_ms);
    for set in sets {
        for (&series, chart) in series.iter().zip(&mut charts) {
            let mut alone = [query.empty()];
            match sealed::add_to_charts(set, &[series], span, &mut alone) {
                Ok(()) => chart.add_buckets(&alone[0]),
                Err(error) => damage.record_damage(query.computer_id, &set.info, &error),
            }
        }
    }
    charts
}

/// Divides periods into parts that fit into memory.
fn parts(periods: &[PeriodInfo], series: usize) -> Vec<&[PeriodInfo]> {
    let mut parts = Vec::new();
    let (mut start, mut numbers) = (0, 0_u64);
    for (place, info) in periods.iter().enumerate() {
        if numbers > AT_ONCE {
            parts.push(&periods[start..place]);
            (start, numbers) = (place, 0);
        }
        numbers = info
            .samples
            .saturating_mul(series as u64)
            .saturating_add(numbers);
    }
    parts.push(&periods[start..]);
    parts
}

/// The moments of rows that are also in chunks: each sample counts once. Rows are mostly newer than all periods;
/// then nothing is read.
pub(super) async fn find_doubles(
    connection: &mut SqliteConnection,
    computer_id: i64,
    periods: &[PeriodInfo],
    known: &[Row],
    damage: &Damage,
) -> Result<HashSet<i64>> {
    let mut doubles = HashSet::new();
    for info in periods {
        let start = known.partition_point(|row| row.moment_ms < info.first_ms);
        let end = known.partition_point(|row| row.moment_ms <= info.last_ms);
        let Some(late) = known.get(start..end).filter(|late| !late.is_empty()) else {
            continue;
        };
        let (first_ms, end_ms) = (info.first_ms, info.last_ms.saturating_add(1));
        let wanted = SeriesFilter::Only(&[TIMES]);
        let periods = [*info];
        let sets = damage.read_chunks(connection, computer_id, wanted, &periods);
        for set in sets.await? {
            // A damaged period has no samples in charts, so its rows are not doubles.
            let times = sealed::decode_moments(&set, first_ms, end_ms).unwrap_or_default();
            let late = late.iter().map(|row| row.moment_ms);
            doubles.extend(late.filter(|late| times.binary_search(late).is_ok()));
        }
    }
    Ok(doubles)
}

fn add_rows(rows: &Columns, doubles: &HashSet<i64>, charts: &mut [Buckets]) {
    for (chart, values) in charts.iter_mut().zip(&rows.values) {
        for (&moment_ms, value) in rows.times.iter().zip(values) {
            if let Some(value) = value.filter(|_| !doubles.contains(&moment_ms)) {
                chart.add_value(moment_ms, value);
            }
        }
    }
}
