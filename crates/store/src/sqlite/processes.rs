//! The processes of each computer's latest sample.

use super::batch::Batch;
use super::row;
use crate::Process;
use futures_util::TryStreamExt as _;
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::sync::LazyLock;

static INSERT: LazyLock<Batch> = LazyLock::new(|| {
    Batch::new(
        "INSERT INTO processes \
            (computer_id, timestamp, pid, name, cpu_percent, memory_percent, create_time) \
         SELECT column1, datetime(column2 / 1000, 'unixepoch'), \
                column3, column4, column5, column6, column7 FROM",
        7,
        "WHERE EXISTS \
            (SELECT 1 FROM computers WHERE computers.id = column1 AND removed_ms IS NULL)",
    )
});

/// All processes by computer, in the order in which they were stored.
pub(super) async fn read_processes(readers: &SqlitePool) -> sqlx::Result<Vec<(i64, Vec<Process>)>> {
    // One row at a time: there are twenty for each computer.
    let mut rows = sqlx::query(
        "SELECT computer_id, pid, name, cpu_percent, memory_percent, create_time FROM processes \
         WHERE computer_id IN (SELECT id FROM computers WHERE removed_ms IS NULL) \
         ORDER BY computer_id, id",
    )
    .fetch(readers);
    let mut computers: Vec<(i64, Vec<Process>)> = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let id = row::integer(&row, 0).unwrap_or_default();
        match computers.last_mut() {
            Some((last, processes)) if *last == id => processes.push(process(&row)),
            _ => computers.push((id, vec![process(&row)])),
        }
    }
    Ok(computers)
}

/// Replaces all stored processes.
pub(super) async fn insert_processes(
    connection: &mut SqliteConnection,
    processes: &[(i64, Vec<Process>)],
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM processes")
        .execute(&mut *connection)
        .await?;
    let rows: Vec<(i64, &Process)> = processes
        .iter()
        .flat_map(|(id, processes)| processes.iter().map(|process| (*id, process)))
        .collect();
    INSERT
        .run(connection, &rows, |query, (id, process)| {
            query
                .bind(*id)
                .bind(now_ms)
                .bind(process.pid)
                .bind(process.name.clone())
                .bind(process.cpu_percent)
                .bind(process.memory_percent)
                .bind(process.create_time_s)
        })
        .await?;
    Ok(())
}

fn process(row: &SqliteRow) -> Process {
    Process {
        pid: row::integer(row, 1).unwrap_or_default(),
        name: row::text(row, 2).unwrap_or_default(),
        cpu_percent: row::real(row, 3).unwrap_or_default(),
        memory_percent: row::real(row, 4).unwrap_or_default(),
        create_time_s: row::real(row, 5).unwrap_or_default(),
    }
}
