//! Stores samples and states.

use super::batch::{Batch, Bound};
use super::row;
use super::row_index::Row;
use crate::{ComputerState, Reason, Sample};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteQueryResult;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Leaves out samples of computers that were removed meanwhile, and samples that are stored already; any other
/// conflict is an error.
static INSERT: LazyLock<Batch> = LazyLock::new(|| {
    Batch::new(
        "INSERT INTO stats (computer_id, timestamp_ms, timestamp, cpu_percent, \
            memory_total, memory_used, memory_percent, disk_total, disk_used, disk_percent, \
            network_bytes_sent, network_bytes_recv, network_sent_per_sec, network_recv_per_sec, extra) \
         SELECT column1, column2, datetime(column2 / 1000, 'unixepoch'), column3, column4, column5, \
            column6, column7, column8, column9, column10, column11, column12, column13, column14 FROM",
        14,
        "WHERE EXISTS \
            (SELECT 1 FROM computers WHERE computers.id = column1 AND removed_ms IS NULL) \
         ON CONFLICT (timestamp_ms, computer_id) DO NOTHING",
    )
});

/// `last_seen` has the Flask server's format, text with microseconds, but is UTC.
static UPDATE: LazyLock<Batch> = LazyLock::new(|| {
    Batch::new(
        "UPDATE computers SET status = column2, reason = column3, since_ms = column4, \
            last_seen = strftime('%Y-%m-%d %H:%M:%f', column5 / 1000.0, 'unixepoch') || '000', \
            hostname = column6, system = column7, os = column8, kernel = column9, \
            agent_version = column10, boot_time_s = column11, boot_id = column12, agent_run = column13, \
            complete_run = column14, complete_sequence = column15, complete_ms = column16, \
            condition = column17 FROM",
        17,
        "WHERE computers.id = column1 AND removed_ms IS NULL",
    )
});

/// The rows above a number.
pub(super) const ABOVE: &str = "SELECT id, computer_id, timestamp_ms FROM stats WHERE id > ?";

/// Inserts samples and returns their rows with the numbers of their computers. The rows of a statement have
/// consecutive numbers, so the last one gives all of them. If a statement left samples out, which may use up numbers,
/// all rows above `highest`, the highest known number, are read back: nothing else inserts rows.
pub(super) async fn insert_samples(
    connection: &mut SqliteConnection,
    samples: &[Sample],
    highest: Option<i64>,
) -> sqlx::Result<Vec<(i64, Row)>> {
    let done = INSERT.run(connection, samples, bind_sample).await?;
    let is_whole = |(done, samples): &(SqliteQueryResult, &[Sample])| {
        done.rows_affected() == samples.len() as u64
    };
    let Some(highest) = highest else {
        return Ok(Vec::new());
    };
    if !done.iter().all(is_whole) {
        let found = sqlx::query(ABOVE).bind(highest);
        let found = found.fetch_all(connection).await?;
        let integer = |found, index| row::integer(found, index);
        let row = |found| {
            let (id, moment_ms) = (integer(found, 0)?, integer(found, 2)?);
            Some((integer(found, 1)?, Row { moment_ms, id }))
        };
        return Ok(found.iter().filter_map(row).collect());
    }
    let mut rows = Vec::with_capacity(samples.len());
    for (done, samples) in done {
        let first = done.last_insert_rowid() - samples.len() as i64 + 1;
        for (id, sample) in (first..).zip(samples) {
            let moment_ms = sample.timestamp_ms;
            rows.push((sample.computer_id, Row { moment_ms, id }));
        }
    }
    Ok(rows)
}

/// Stores the last state of each computer, in the order of their numbers, so that each page of the table changes
/// once.
pub(super) async fn update_states(
    connection: &mut SqliteConnection,
    states: &[ComputerState],
) -> sqlx::Result<()> {
    let latest: BTreeMap<i64, &ComputerState> =
        states.iter().map(|state| (state.id, state)).collect();
    let latest: Vec<_> = latest.into_values().collect();
    UPDATE.run(connection, &latest, bind_state).await?;
    Ok(())
}

fn bind_sample(query: Bound, sample: &Sample) -> Bound {
    query
        .bind(sample.computer_id)
        .bind(sample.timestamp_ms)
        .bind(sample.cpu_percent)
        .bind(sample.memory_total)
        .bind(sample.memory_used)
        .bind(sample.memory_percent)
        .bind(sample.disk_total)
        .bind(sample.disk_used)
        .bind(sample.disk_percent)
        .bind(sample.network_bytes_sent)
        .bind(sample.network_bytes_recv)
        .bind(sample.network_sent_per_sec)
        .bind(sample.network_recv_per_sec)
        .bind(sample.extra.clone())
}

fn bind_state(query: Bound, state: &&ComputerState) -> Bound {
    let facts = &state.facts;
    let complete = state.complete.as_ref();
    query
        .bind(state.id)
        .bind(state.status.as_str())
        .bind(state.reason.as_ref().map(Reason::to_json))
        .bind(state.since_ms)
        .bind(state.last_seen_ms)
        .bind(facts.hostname.clone())
        .bind(facts.system.clone())
        .bind(facts.os.clone())
        .bind(facts.kernel.clone())
        .bind(facts.agent_version.clone())
        .bind(facts.boot_time_s)
        .bind(facts.boot_id.clone())
        .bind(facts.agent_run.clone())
        .bind(complete.map(|complete| complete.run.clone()))
        .bind(complete.map(|complete| complete.sequence))
        .bind(complete.map(|complete| complete.at_ms))
        .bind(serde_json::to_string(&state.assessment).ok())
}
