//! What the store costs, measured: `cargo run --release -p muster-store --example figures`.
//!
//! 10,000 computers at 30 s are 333 samples a second, which the server records in one batch.

use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{ChartQuery, ComputerState, Computers, NewComputer, Sample, Samples, Status};
use std::time::{Duration, Instant};

const COMPUTERS: i64 = 10_000;
const ROUNDS: i64 = 60;
const BATCHES_A_ROUND: i64 = 30;
const START_MS: i64 = 1_763_575_200_000;
const DAY_SAMPLES: i64 = 2_880;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(".")?;
    let store = SqliteStore::open(&folder.path().join("stats.db"), Missing::Create).await?;
    let ids = computers(&store).await?;
    for with_states in [false, true] {
        recording(&store, &ids, with_states).await?;
    }
    let began = Instant::now();
    let latest = store.latest().await?;
    println!(
        "latest() of {} computers: {:?}",
        latest.len(),
        began.elapsed()
    );
    let began = Instant::now();
    println!(
        "computers(): {} in {:?}",
        store.computers().await?.len(),
        began.elapsed()
    );
    day(&store).await?;
    println!("memory: {}", status("VmRSS:")?);
    store.close().await;
    Ok(())
}

async fn computers(store: &SqliteStore) -> Result<Vec<i64>, Box<dyn std::error::Error>> {
    let mut ids = Vec::new();
    for number in 0..COMPUTERS {
        let computer = NewComputer {
            name: format!("host-{number:05}"),
            url: format!("http://127.{}.{}.1:9800", number / 250, number % 250),
            token: "6f1c3c1e-5a0e-4e5a-9a43-3d1f0e6f7a11".to_owned(),
            ..NewComputer::default()
        };
        ids.push(store.add_computer(&computer).await?);
    }
    Ok(ids)
}

/// Half an hour of polls. The computers are called in the order of a shuffled deck: neighbours in the
/// table are not neighbours in time.
async fn recording(
    store: &SqliteStore,
    ids: &[i64],
    with_states: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let start_ms = START_MS + if with_states { ROUNDS * 30_000 } else { 0 };
    let (cpu, written, began) = (cpu_time()?, io_written()?, Instant::now());
    let mut slowest = Duration::ZERO;
    for batch in 0..ROUNDS * BATCHES_A_ROUND {
        let mut samples = Vec::new();
        let mut states = Vec::new();
        let mut turn = batch % BATCHES_A_ROUND;
        while turn < COMPUTERS {
            let id = ids[(turn * 7_919 % COMPUTERS) as usize];
            samples.push(sample(id, start_ms + batch * 1000 + turn % 1000));
            states.push(state(id, start_ms + batch * 1000));
            turn += BATCHES_A_ROUND;
        }
        states.truncate(if with_states { states.len() } else { 0 });
        let one = Instant::now();
        store.record(&samples, &states, &[]).await?;
        slowest = slowest.max(one.elapsed());
    }
    let count = (ROUNDS * COMPUTERS) as f64;
    println!(
        "record, states {with_states}: {count} samples, {:.1} µs CPU and {:.1} µs wall a sample, \
         {:.0} bytes written a sample, slowest batch {slowest:?}",
        (cpu_time()? - cpu).as_secs_f64() * 1e6 / count,
        began.elapsed().as_secs_f64() * 1e6 / count,
        (io_written()? - written) as f64 / count,
    );
    Ok(())
}

async fn day(store: &SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
    let id = store
        .add_computer(&NewComputer {
            name: "a day".to_owned(),
            url: String::new(),
            token: String::new(),
            ..NewComputer::default()
        })
        .await?;
    let samples: Vec<_> = (0..DAY_SAMPLES)
        .map(|n| sample(id, START_MS + n * 30_000))
        .collect();
    store.record(&samples, &[], &[]).await?;
    let four = [
        "cpu_percent",
        "memory_percent",
        "disk_percent",
        "network_recv_per_sec",
    ];
    for series in [four.as_slice(), &["load.1m", "disk.used_bytes:/data"]] {
        let query = ChartQuery {
            computer_id: id,
            from_ms: START_MS,
            to_ms: START_MS + DAY_SAMPLES * 30_000,
            points: 500,
            series: series.iter().map(|&name| name.to_owned()).collect(),
        };
        let mut best = Duration::MAX;
        for _ in 0..20 {
            let began = Instant::now();
            let charts = store.chart(&query).await?;
            assert_eq!(charts.len(), series.len());
            best = best.min(began.elapsed());
        }
        println!("chart of 24 h, {series:?}: {best:?}");
    }
    let began = Instant::now();
    let names = store.extra_names(id, 0, i64::MAX).await?;
    println!(
        "extra_names of 24 h: {} in {:?}",
        names.len(),
        began.elapsed()
    );
    Ok(())
}

fn sample(computer_id: i64, timestamp_ms: i64) -> Sample {
    let noise = (timestamp_ms.wrapping_mul(2_654_435_761) ^ computer_id).rem_euclid(1000);
    Sample {
        computer_id,
        timestamp_ms,
        cpu_percent: Some(noise as f64 / 10.0),
        memory_total: Some(16_929_875_208),
        memory_used: Some(7_684_874_240 + noise * 4096),
        memory_percent: Some(45.4),
        disk_total: Some(512_000_000_000),
        disk_used: Some(291_792_822_272),
        disk_percent: Some(57.0),
        network_bytes_sent: Some(566_094_270_039 + timestamp_ms),
        network_bytes_recv: Some(566_095_190_603 + timestamp_ms),
        network_sent_per_sec: Some(27_623.933_333_333_334 + noise as f64),
        network_recv_per_sec: Some(58_309.4 + noise as f64 / 3.0),
        extra: Some(format!(
            r#"{{"uptime_s":{timestamp_ms},"load.1m":0.{noise},"load.5m":0.31,"load.15m":0.2,"swap.total_bytes":0,"swap.used_bytes":0,"cpu.count":2,"cpu.core.percent:0":{noise}.5,"cpu.core.percent:1":12.5,"disk.used_bytes:/data":{noise}}}"#
        )),
    }
}

fn state(id: i64, last_seen_ms: i64) -> ComputerState {
    ComputerState {
        id,
        status: Status::Online,
        last_seen_ms: Some(last_seen_ms),
        ..ComputerState::default()
    }
}

fn io_written() -> Result<u64, Box<dyn std::error::Error>> {
    let io = std::fs::read_to_string("/proc/self/io")?;
    let line = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    Ok(line.ok_or("no write_bytes")?.parse()?)
}

fn status(key: &str) -> Result<String, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    Ok(line.ok_or("no such line")?.trim().to_owned())
}

/// User and system time of this process, which Linux counts in hundredths of a second.
fn cpu_time() -> Result<Duration, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat
        .rsplit(") ")
        .next()
        .unwrap_or_default()
        .split(' ')
        .collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}
