//! How late calls were, by when their answers were stored; those of computers that `register` tagged as faulty are
//! not counted.
//!
//! A computer's turn is its place within the interval (`crates/server/src/phase.rs`), counted from a moment that
//! only the server knows: it is taken to be that at which nobody is early. So what is told is the time from a
//! turn to the answer, less that of the quickest: no less than the call was late.

use crate::figures::print;
use anyhow::Context as _;
use clap::Args;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::path::{Path, PathBuf};

/// Which server's samples.
#[derive(Args)]
pub struct LatenessArgs {
    /// What the figures are called
    #[arg(long, default_value = "late")]
    name: String,
    /// Milliseconds from one call of a computer to the next
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    interval_ms: u32,
    /// From which moment, in Unix milliseconds (`date +%s%3N`)
    #[arg(long)]
    from_ms: i64,
    /// Over how many intervals
    #[arg(long, default_value = "4", value_parser = clap::value_parser!(u32).range(1..))]
    intervals: u32,
    /// The server's database
    database: PathBuf,
}

pub async fn lateness(args: &LatenessArgs) -> anyhow::Result<()> {
    let until_ms = args.from_ms + i64::from(args.interval_ms) * i64::from(args.intervals);
    let (computers, samples) = read(&args.database, args.from_ms, until_ms).await?;
    let late_ms = late(&samples, f64::from(args.interval_ms));
    anyhow::ensure!(
        !late_ms.is_empty(),
        "no sample was stored from {} to {until_ms}",
        args.from_ms
    );
    let name = &args.name;
    print(name, "answers", late_ms.len());
    print(
        name,
        "turns",
        computers.saturating_mul(i64::from(args.intervals)),
    );
    for (what, per_mille) in [
        ("p50_ms", 500),
        ("p99_ms", 990),
        ("p999_ms", 999),
        ("max_ms", 1000),
    ] {
        print(name, what, at(&late_ms, per_mille));
    }
    let above = late_ms.iter().filter(|&&late_ms| late_ms > 1000.0).count();
    print(name, "above_1s", above);
    Ok(())
}

/// How many computers are called, and who answered when.
async fn read(
    database: &Path,
    from_ms: i64,
    until_ms: i64,
) -> anyhow::Result<(i64, Vec<(i64, i64)>)> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .read_only(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .with_context(|| format!("{} cannot be read", database.display()))?;
    let computers = sqlx::query_scalar(
        "SELECT count(*) FROM computers WHERE polled AND coalesce(tags, '') NOT LIKE '%faulty%'",
    )
    .fetch_one(&mut connection)
    .await?;
    let samples = sqlx::query_as(
        "SELECT computer_id, timestamp_ms FROM stats JOIN computers ON computers.id = computer_id \
         WHERE timestamp_ms >= ? AND timestamp_ms < ? AND polled AND coalesce(tags, '') NOT LIKE '%faulty%'",
    )
    .bind(from_ms)
    .bind(until_ms)
    .fetch_all(&mut connection)
    .await?;
    connection.close().await?;
    Ok((computers, samples))
}

/// In order.
fn late(samples: &[(i64, i64)], interval_ms: f64) -> Vec<f64> {
    let from_turn = |&(id, at_ms): &(i64, i64)| {
        (at_ms as f64 - phase(id) * interval_ms).rem_euclid(interval_ms)
    };
    let mut places: Vec<f64> = samples.iter().map(from_turn).collect();
    places.sort_by(f64::total_cmp);
    // On the circle of an interval they lie close together, behind the widest gap.
    let gap = |at: usize| match at.checked_sub(1) {
        Some(before) => places[at] - places[before],
        None => places[at] + interval_ms - places[places.len() - 1],
    };
    let first = (0..places.len()).max_by(|&one, &other| gap(one).total_cmp(&gap(other)));
    let start_ms = first.map_or(0.0, |at| places[at]);
    let mut late: Vec<f64> = places
        .iter()
        .map(|place_ms| (place_ms - start_ms).rem_euclid(interval_ms))
        .collect();
    late.sort_by(f64::total_cmp);
    late
}

/// As the server has it.
fn phase(id: i64) -> f64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let turned = id.cast_unsigned().wrapping_mul(GOLDEN);
    (turned >> 11) as f64 / (1_u64 << 53) as f64
}

/// Of numbers in order, that which so many of a thousand do not pass.
fn at(sorted: &[f64], per_mille: usize) -> f64 {
    let rank = (sorted.len() * per_mille).div_ceil(1000).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_what_lies_behind_a_turn() {
        let turn = |id: i64, round: i64| (phase(id) * 30_000.0) as i64 + 77_777 + round * 30_000;
        let mut samples: Vec<(i64, i64)> = (1..=1_000)
            .flat_map(|id| (0..4).map(move |round| (id, turn(id, round) + id % 3)))
            .collect();
        samples[17].1 += 2_500;
        let late = late(&samples, 30_000.0);
        assert_eq!(late.len(), 4_000);
        assert!(at(&late, 999) <= 4.0, "{}", at(&late, 999));
        assert!((2_499.0..2_504.0).contains(&at(&late, 1000)));
    }

    #[test]
    fn a_rank_is_of_what_was_measured() {
        let sorted: Vec<f64> = (1..=1_000).map(f64::from).collect();
        assert_eq!(at(&sorted, 500), 500.0);
        assert_eq!(at(&sorted, 999), 999.0);
        assert_eq!(at(&sorted, 1000), 1000.0);
        assert_eq!(at(&[7.0], 500), 7.0);
        assert_eq!(at(&[], 500), 0.0);
    }
}
