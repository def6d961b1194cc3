//! How late polls were, by the times at which their answers were stored. Computers that `register` tagged as faulty
//! do not count.
//!
//! A computer's turn is its place within the interval (`crates/server/src/phase.rs`), counted from a start that
//! only the server knows. This command assumes the earliest start for which no answer comes before its turn. The
//! lateness is therefore the time from a turn to the stored answer, minus that of the quickest answer.

use crate::figures::print_figure;
use anyhow::Context as _;
use clap::Args;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::path::{Path, PathBuf};

/// The samples to examine.
#[derive(Args)]
pub struct LatenessArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "late")]
    name: String,
    /// Milliseconds between two polls of a computer
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    interval_ms: u32,
    /// Start of the period, in Unix milliseconds (`date +%s%3N`)
    #[arg(long)]
    from_ms: i64,
    /// Length of the period, in intervals
    #[arg(long, default_value = "4", value_parser = clap::value_parser!(u32).range(1..))]
    intervals: u32,
    /// Database of the server
    database: PathBuf,
}

pub async fn measure_lateness(args: &LatenessArgs) -> anyhow::Result<()> {
    let until_ms = args.from_ms + i64::from(args.interval_ms) * i64::from(args.intervals);
    let (computers, samples) = read_samples(&args.database, args.from_ms, until_ms).await?;
    let late_ms = sorted_lateness(&samples, f64::from(args.interval_ms));
    anyhow::ensure!(
        !late_ms.is_empty(),
        "no sample was stored from {} to {until_ms}",
        args.from_ms
    );
    let name = &args.name;
    print_figure(name, "answers", late_ms.len());
    print_figure(
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
        print_figure(name, what, percentile(&late_ms, per_mille));
    }
    let above = late_ms.iter().filter(|&&late_ms| late_ms > 1000.0).count();
    print_figure(name, "above_1s", above);
    Ok(())
}

/// The number of polled computers, and the computer and time of each sample.
async fn read_samples(
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

/// The lateness of each sample in milliseconds, sorted.
fn sorted_lateness(samples: &[(i64, i64)], interval_ms: f64) -> Vec<f64> {
    let from_turn = |&(id, at_ms): &(i64, i64)| {
        (at_ms as f64 - phase(id) * interval_ms).rem_euclid(interval_ms)
    };
    let mut offsets: Vec<f64> = samples.iter().map(from_turn).collect();
    offsets.sort_by(f64::total_cmp);
    // On the circle of an interval the offsets lie close together, after the widest gap.
    let gap = |at: usize| match at.checked_sub(1) {
        Some(before) => offsets[at] - offsets[before],
        None => offsets[at] + interval_ms - offsets[offsets.len() - 1],
    };
    let first = (0..offsets.len()).max_by(|&one, &other| gap(one).total_cmp(&gap(other)));
    let start_ms = first.map_or(0.0, |at| offsets[at]);
    let mut late: Vec<f64> = offsets
        .iter()
        .map(|offset_ms| (offset_ms - start_ms).rem_euclid(interval_ms))
        .collect();
    late.sort_by(f64::total_cmp);
    late
}

/// A computer's place within the interval, computed as the server does.
fn phase(id: i64) -> f64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let turned = id.cast_unsigned().wrapping_mul(GOLDEN);
    (turned >> 11) as f64 / (1_u64 << 53) as f64
}

/// The value that `per_mille` thousandths of the sorted numbers do not exceed.
fn percentile(sorted: &[f64], per_mille: usize) -> f64 {
    let rank = (sorted.len() * per_mille).div_ceil(1000).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_the_time_after_a_turn() {
        let turn = |id: i64, round: i64| (phase(id) * 30_000.0) as i64 + 77_777 + round * 30_000;
        let mut samples: Vec<(i64, i64)> = (1..=1_000)
            .flat_map(|id| (0..4).map(move |round| (id, turn(id, round) + id % 3)))
            .collect();
        samples[17].1 += 2_500;
        let late = sorted_lateness(&samples, 30_000.0);
        assert_eq!(late.len(), 4_000);
        assert!(percentile(&late, 999) <= 4.0, "{}", percentile(&late, 999));
        assert!((2_499.0..2_504.0).contains(&percentile(&late, 1000)));
    }

    #[test]
    fn percentiles_are_measured_values() {
        let sorted: Vec<f64> = (1..=1_000).map(f64::from).collect();
        assert_eq!(percentile(&sorted, 500), 500.0);
        assert_eq!(percentile(&sorted, 999), 999.0);
        assert_eq!(percentile(&sorted, 1000), 1000.0);
        assert_eq!(percentile(&[7.0], 500), 7.0);
        assert_eq!(percentile(&[], 500), 0.0);
    }
}
