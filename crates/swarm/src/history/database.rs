//! Writes history to a Muster database, as a server would have recorded it.

use super::generated::{DAY_SAMPLES, GeneratedHistory};
use super::seal::{SealingCost, seal_before};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer, Sample, Samples as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::ops::Range;
use std::path::Path;

/// About as many samples as a server stores in one transaction.
const BATCH: usize = 1_000;

pub async fn fill_database(
    path: &Path,
    history: &GeneratedHistory,
    seal: bool,
    name: &str,
) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Create).await?;
    let ids = add_computers(&store, history.computers.len()).await?;
    let rounds = history
        .computers
        .first()
        .map_or(0, |computer| computer.times.len());
    let mut sealed = SealingCost::default();
    for day in (0..rounds).step_by(DAY_SAMPLES) {
        record_rounds(&store, history, &ids, day..(day + DAY_SAMPLES).min(rounds)).await?;
        // The previous day is complete here, including its last sample, so no day is sealed twice.
        if let Some(first_ms) = history
            .computers
            .iter()
            .map(|computer| computer.times[day])
            .min()
            && seal
        {
            seal_before(&store, first_ms, &mut sealed).await?;
        }
    }
    if seal {
        seal_before(&store, i64::MAX, &mut sealed).await?;
        sealed.print_figures(name);
    }
    store.close().await;
    disable_polling(path).await
}

async fn add_computers(store: &SqliteStore, count: usize) -> anyhow::Result<Vec<i64>> {
    let mut ids = Vec::new();
    for number in 0..count {
        let computer = NewComputer {
            name: format!("swarm-{number:06}"),
            url: "http://127.0.0.1:9".into(),
            token: crate::TOKEN.into(),
            ..NewComputer::default()
        };
        ids.push(store.add_computer(&computer).await?);
    }
    Ok(ids)
}

/// Records samples in the order of time, as a server does: rows of one computer are not adjacent.
pub async fn record_rounds(
    store: &SqliteStore,
    history: &GeneratedHistory,
    ids: &[i64],
    rounds: Range<usize>,
) -> anyhow::Result<()> {
    let samples = rounds.flat_map(|at| {
        let computers = ids.iter().zip(&history.computers);
        computers.map(move |(&id, computer)| computer.sample(id, at, &history.names))
    });
    store_all(store, samples).await
}

/// Records one computer after another.
pub async fn fill_database_by_computer(
    path: &Path,
    history: &GeneratedHistory,
) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Create).await?;
    let ids = add_computers(&store, history.computers.len()).await?;
    for (id, computer) in ids.into_iter().zip(&history.computers) {
        let all = 0..computer.times.len();
        let samples = all.map(|at| computer.sample(id, at, &history.names));
        store_all(&store, samples).await?;
    }
    store.close().await;
    disable_polling(path).await
}

async fn store_all(
    store: &SqliteStore,
    mut samples: impl Iterator<Item = Sample>,
) -> anyhow::Result<()> {
    loop {
        let batch: Vec<Sample> = samples.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(());
        }
        store.record(&batch, &[], &[]).await?;
    }
}

/// These computers do not exist; polling them would disturb measurements.
async fn disable_polling(path: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("UPDATE computers SET polled = 0")
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}
