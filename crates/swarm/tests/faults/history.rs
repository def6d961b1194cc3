//! Compares the stored samples with what the simulated computers must have sent.

use muster_swarm::computer::Computer;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Boot time of the simulated computers.
const BOOT_MS: i64 = 1_790_000_000_000;
/// Minimum distance of a filled-in sample from any other, in intervals.
const NEAREST: f64 = 0.4;
/// Maximum distance of two samples, in intervals. An agent keeps one reading per interval, so a larger gap would
/// contain a reading that is near neither of them.
const FARTHEST: f64 = 1.0 + 2.0 * NEAREST;
/// How many of a thousand filled-in readings may be nearer to another sample: this happens if the server is killed
/// after the backfill and before it stores the answer that triggered it, and the next poll stores another answer.
const NEAR_IN_THOUSAND: usize = 20;

/// The numbers that identify a sample.
#[derive(Clone, Debug)]
struct Stored {
    at_ms: i64,
    memory_used: i64,
    disk_used: i64,
    bytes_sent: i64,
    bytes_received: i64,
    filled: bool,
}

impl Stored {
    /// The time of the reading, computed from the bytes that its computer had received.
    fn taken_ms(&self, number: u32) -> i64 {
        let rate = (20_000.0 + f64::from(number % 1_000) * 100.0) * 3.0;
        BOOT_MS + ((self.bytes_received + 1) as f64 / rate * 1000.0).floor() as i64
    }
}

/// The result of a check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub samples: usize,
    pub filled: usize,
    pub near: usize,
    pub longest_gap_ms: i64,
}

/// The samples of all computers, oldest first.
fn stored(database: &Path) -> BTreeMap<i64, Vec<Stored>> {
    type Row = (i64, i64, i64, i64, i64, i64, bool);
    let statement = "SELECT computer_id, timestamp_ms, memory_used, disk_used, network_bytes_sent, \
        network_bytes_recv, coalesce(extra, '') LIKE '%sample.filled_in%' \
        FROM stats ORDER BY computer_id, timestamp_ms";
    let rows: Vec<Row> = with_runtime(async {
        let mut connection = connect(database).await;
        let rows = sqlx::query_as(statement).fetch_all(&mut connection).await;
        connection.close().await.unwrap();
        rows.unwrap()
    });
    let mut stored: BTreeMap<i64, Vec<Stored>> = BTreeMap::new();
    for (id, at_ms, memory_used, disk_used, bytes_sent, bytes_received, filled) in rows {
        stored.entry(id).or_default().push(Stored {
            at_ms,
            memory_used,
            disk_used,
            bytes_sent,
            bytes_received,
            filled,
        });
    }
    stored
}

/// Reads a number from the database.
pub fn number(database: &Path, statement: &str) -> i64 {
    with_runtime(async { scalar(connect(database).await, statement).await })
}

/// Reads rows from the database.
pub fn rows<R>(database: &Path, statement: &'static str) -> Vec<R>
where
    R: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
{
    with_runtime(async {
        let mut connection = connect(database).await;
        let rows = sqlx::query_as(statement).fetch_all(&mut connection).await;
        connection.close().await.unwrap();
        rows.unwrap()
    })
}

/// Reads a number over a writable connection, which can recover the write-ahead log after a crash.
pub fn number_of_writer(database: &Path, statement: &str) -> i64 {
    with_runtime(async {
        let options = SqliteConnectOptions::new().filename(database);
        scalar(options.connect().await.unwrap(), statement).await
    })
}

async fn scalar(mut connection: SqliteConnection, statement: &str) -> i64 {
    let number = sqlx::query_scalar(AssertSqlSafe(statement.to_owned()));
    let number = number.fetch_one(&mut connection).await;
    connection.close().await.unwrap();
    number.unwrap()
}

/// The times of all samples, in order.
pub fn moments(database: &Path) -> Vec<i64> {
    with_runtime(async {
        let mut connection = connect(database).await;
        let moments = sqlx::query_scalar("SELECT timestamp_ms FROM stats ORDER BY timestamp_ms");
        let moments = moments.fetch_all(&mut connection).await;
        connection.close().await.unwrap();
        moments.unwrap()
    })
}

async fn connect(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database);
    let options = options
        .read_only(true)
        .busy_timeout(Duration::from_secs(30));
    options.connect().await.unwrap()
}

pub fn with_runtime<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(work)
}

/// Checks that between the first sample of each computer and `until_ms` nothing is missing or duplicated, and that each
/// number is the one that its computer had then.
pub fn check(
    database: &Path,
    computers: u32,
    until_ms: i64,
    interval: Duration,
) -> Result<Figures, String> {
    let look = |id: i64, samples: &[Stored]| {
        check_numbers(id, samples, interval)?;
        let moments: Vec<i64> = samples.iter().map(|sample| sample.at_ms).collect();
        check_gaps(id, &moments, until_ms, interval)
    };
    let mut figures = check_all(database, computers, look)?;
    figures.near = stored(database)
        .values()
        .map(|samples| near(samples, interval))
        .sum();
    if figures.near * 1000 > figures.filled * NEAR_IN_THOUSAND {
        return Err(format!("filled in beside what was there: {figures:?}"));
    }
    Ok(figures)
}

/// Checks that no reading between the first and the last stored one is missing or duplicated, whatever times the clock
/// gave them.
pub fn check_readings(
    database: &Path,
    computers: u32,
    interval: Duration,
) -> Result<Figures, String> {
    let look = |id: i64, samples: &[Stored]| {
        let taken = samples.iter().map(|sample| sample.taken_ms(number_of(id)));
        let mut taken: Vec<i64> = taken.collect();
        taken.sort_unstable();
        if taken.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(format!("computer {id} has a reading twice"));
        }
        let last_ms = taken.last().copied().unwrap_or_default();
        check_gaps(id, &taken, last_ms, interval)
    };
    check_all(database, computers, look)
}

fn check_all(
    database: &Path,
    computers: u32,
    look: impl Fn(i64, &[Stored]) -> Result<i64, String>,
) -> Result<Figures, String> {
    let stored = stored(database);
    if stored.len() != computers as usize {
        let found = stored.len();
        return Err(format!("{found} of {computers} computers have samples"));
    }
    let mut figures = Figures::default();
    for (&id, samples) in &stored {
        let gap_ms = look(id, samples)?;
        figures.samples += samples.len();
        figures.filled += samples.iter().filter(|sample| sample.filled).count();
        figures.longest_gap_ms = figures.longest_gap_ms.max(gap_ms);
    }
    Ok(figures)
}

/// The number of a simulated computer: they are the first in the database, in order.
fn number_of(id: i64) -> u32 {
    u32::try_from(id - 1).unwrap()
}

/// Checks that the samples of one computer lie between two times, without gaps.
pub fn check_moments(
    moments: &[i64],
    (from_ms, until_ms): (i64, i64),
    interval: Duration,
) -> Result<i64, String> {
    if moments.first().is_none_or(|&first_ms| first_ms < from_ms) {
        return Err(format!("a sample is older than all: {moments:?}"));
    }
    check_gaps(1, moments, until_ms, interval)
}

/// Checks for gaps, and returns the longest time between two samples.
fn check_gaps(id: i64, moments: &[i64], until_ms: i64, interval: Duration) -> Result<i64, String> {
    // The times of kept readings are exact to ten milliseconds.
    let farthest_ms = (interval.as_millis() as f64 * FARTHEST) as i64 + 20;
    let before = moments.windows(2).take_while(|pair| pair[0] < until_ms);
    let longest = before.max_by_key(|pair| pair[1] - pair[0]);
    let (from_ms, gap_ms) = longest.map_or((0, 0), |pair| (pair[0], pair[1] - pair[0]));
    match moments.last() {
        _ if gap_ms > farthest_ms => Err(format!(
            "computer {id} has nothing for {gap_ms} ms from {from_ms}"
        )),
        Some(&last_ms) if last_ms >= until_ms => Ok(gap_ms),
        last_ms => Err(format!(
            "computer {id} has nothing between {last_ms:?} and {until_ms}"
        )),
    }
}

/// How many filled-in readings are too near to another sample.
fn near(samples: &[Stored], interval: Duration) -> usize {
    // The times of kept readings are exact to ten milliseconds.
    let nearest_ms = (interval.as_millis() as f64 * NEAREST) as i64 - 10;
    let is_near = |pair: &&[Stored]| {
        (pair[0].filled || pair[1].filled) && pair[1].at_ms - pair[0].at_ms < nearest_ms
    };
    samples.windows(2).filter(is_near).count()
}

/// Checks that all numbers of a reading match its time.
fn check_numbers(id: i64, samples: &[Stored], interval: Duration) -> Result<(), String> {
    let number = number_of(id);
    let computer = Computer::new(number, 0, None);
    let mut before_ms = 0;
    for sample in samples {
        let taken_ms = sample.taken_ms(number);
        if sample.numbers() != expected(&computer, taken_ms) {
            return Err(format!("computer {id} never said {sample:?}"));
        }
        if taken_ms <= before_ms {
            return Err(format!("computer {id} has a reading twice: {sample:?}"));
        }
        before_ms = taken_ms;
        let late_ms = (sample.at_ms - taken_ms).unsigned_abs();
        if u128::from(late_ms) > interval.as_millis() / 2 {
            return Err(format!(
                "computer {id} is {late_ms} ms from its moment: {sample:?}"
            ));
        }
    }
    Ok(())
}

impl Stored {
    fn numbers(&self) -> [i64; 4] {
        [
            self.memory_used,
            self.disk_used,
            self.bytes_sent,
            self.bytes_received,
        ]
    }
}

fn expected(computer: &Computer, taken_ms: i64) -> [i64; 4] {
    let reading = computer.reading_at(taken_ms.unsigned_abs(), false);
    let (memory, disk) = (reading.memory.unwrap(), reading.disk.unwrap());
    let network = reading.network.unwrap();
    let numbers = [
        memory.used,
        disk.used,
        network.bytes_sent,
        network.bytes_recv,
    ];
    numbers.map(u64::cast_signed)
}
