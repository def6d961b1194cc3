//! Charts: sealed samples and rows into the same buckets.

use super::chunks::SqliteChunks;
use super::names::Names;
use super::rows::{self, Columns};
use super::samples::damaged;
use crate::sealed::{self, TIMES, number_of, with_counters};
use crate::{ChartQuery, ChunkSet, Chunks, Listed, Result, Wanted};
use muster_history::Buckets;
use sqlx::SqliteConnection;
use std::collections::{HashSet, VecDeque};
use tokio::task::JoinHandle;

/// Numbers that are read before they are decoded: about a megabyte of chunks.
const AT_ONCE: u64 = 1_000_000;
/// Threads that decode one chart, at most: others want theirs too.
const THREADS: usize = 4;
/// Samples for which a thread of its own is worth while.
const LEAST_SHARE: u64 = 50_000;

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
    let mut filling = VecDeque::new();
    for part in parts(&periods, wanted.len()) {
        let sets = chunks.get(computer_id, Wanted::Some(&wanted), part).await?;
        // What was read is decoded while the next part is read; no more than two parts are held.
        filling.push_back(fill(query, &series, sets));
        if filling.len() > 1 {
            collect(filling.pop_front(), &mut charts).await?;
        }
    }
    collect(filling.pop_front(), &mut charts).await?;
    let add = |rows: &Columns| add_rows(rows, &doubles, &mut charts);
    rows::each_columns(connection, computer_id, &query.series, from_ms, to_ms, add).await?;
    Ok(charts)
}

/// What a thread found.
type Share = JoinHandle<Result<Vec<Buckets>>>;

/// Begins to decode on as many threads as there are processors, up to a few, each its share of the periods.
fn fill(query: &ChartQuery, series: &[Option<i64>], mut sets: Vec<ChunkSet>) -> Vec<Share> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(THREADS));
    let samples: u64 = sets.iter().map(|set| set.listed.samples).sum();
    let share = (samples / threads as u64).max(LEAST_SHARE);
    let mut shares = Vec::new();
    while !sets.is_empty() {
        let mut left = share;
        let is_others = |set: &ChunkSet| {
            let is_others = left == 0;
            left = left.saturating_sub(set.listed.samples);
            is_others
        };
        let end = sets.iter().position(is_others).unwrap_or(sets.len());
        let rest = sets.split_off(end);
        let (mine, query, series) = (sets, query.clone(), series.to_vec());
        shares.push(tokio::task::spawn_blocking(move || {
            fill_share(&query, &series, &mine)
        }));
        sets = rest;
    }
    shares
}

async fn collect(shares: Option<Vec<Share>>, charts: &mut [Buckets]) -> Result<()> {
    for share in shares.into_iter().flatten() {
        let found = share
            .await
            .map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))??;
        for (chart, found) in charts.iter_mut().zip(&found) {
            chart.add_buckets(found);
        }
    }
    Ok(())
}

fn fill_share(
    query: &ChartQuery,
    series: &[Option<i64>],
    sets: &[ChunkSet],
) -> Result<Vec<Buckets>> {
    let mut charts = vec![query.empty(); series.len()];
    for set in sets {
        sealed::add_to_charts(set, series, (query.from_ms, query.to_ms), &mut charts)
            .map_err(|error| damaged(query.computer_id, &set.listed, &error))?;
    }
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
