//! Samples on their way in.

use super::batch::{Batch, Bound};
use crate::{ComputerState, Sample};
use sqlx::SqliteConnection;
use std::sync::LazyLock;

/// A computer that was removed while its answer was under way, or a sample that is there already, is
/// left out by what the statement asks for; any other conflict is an error.
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
         ON CONFLICT (computer_id, timestamp_ms) DO NOTHING",
    )
});

/// `last_seen` is written as the Flask server did: text with microseconds, but UTC.
const UPDATE: &str = "UPDATE computers SET status = ?, reason = ?, since_ms = ?, \
        last_seen = strftime('%Y-%m-%d %H:%M:%f', ? / 1000.0, 'unixepoch') || '000', \
        hostname = ?, system = ?, os = ?, kernel = ?, agent_version = ?, boot_time_s = ?, \
        boot_id = ?, agent_run = ?, \
        complete_run = ?, complete_sequence = ?, complete_ms = ? \
    WHERE id = ? AND removed_ms IS NULL";

/// Inserts samples.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    samples: &[Sample],
) -> sqlx::Result<()> {
    INSERT.run(connection, samples, bind_sample).await
}

/// Keeps what became known of computers.
pub(super) async fn update(
    connection: &mut SqliteConnection,
    states: &[ComputerState],
) -> sqlx::Result<()> {
    for state in states {
        bind_state(state).execute(&mut *connection).await?;
    }
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

fn bind_state(state: &ComputerState) -> Bound {
    let facts = &state.facts;
    let complete = state.complete.as_ref();
    sqlx::query(UPDATE)
        .bind(state.status.as_str())
        .bind(state.reason.clone())
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
        .bind(state.id)
}
