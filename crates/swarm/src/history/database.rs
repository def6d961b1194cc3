//! History into a Muster database, as its server would have recorded it.

use super::made::{DAY_SAMPLES, Made};
use super::seal::{Sealed, seal_before};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer, Sample, Samples as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::ops::Range;
use std::path::Path;

/// About as many samples as the server stores at once.
const BATCH: usize = 1_000;

pub async fn fill(path: &Path, made: &Made, seal: bool, name: &str) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Create).await?;
    let ids = computers(&store, made.computers.len()).await?;
    let rounds = made
        .computers
        .first()
        .map_or(0, |computer| computer.times.len());
    let mut sealed = Sealed::default();
    for day in (0..rounds).step_by(DAY_SAMPLES) {
        record(&store, made, &ids, day..(day + DAY_SAMPLES).min(rounds)).await?;
        // Of the day before everything is there, its last sample too: no day is sealed twice.
        if let Some(first_ms) = made
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
        sealed.print(name);
    }
    store.close().await;
    call_nobody(path).await
}

async fn computers(store: &SqliteStore, count: usize) -> anyhow::Result<Vec<i64>> {
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

/// In the order of time, as the server does: the rows of one computer lie apart.
pub async fn record(
    store: &SqliteStore,
    made: &Made,
    ids: &[i64],
    rounds: Range<usize>,
) -> anyhow::Result<()> {
    let samples = rounds.flat_map(|at| {
        let computers = ids.iter().zip(&made.computers);
        computers.map(move |(&id, computer)| computer.sample(id, at, &made.names))
    });
    store_all(store, samples).await
}

/// A computer after another.
pub async fn fill_one_by_one(path: &Path, made: &Made) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Create).await?;
    let ids = computers(&store, made.computers.len()).await?;
    for (id, computer) in ids.into_iter().zip(&made.computers) {
        let all = 0..computer.times.len();
        let samples = all.map(|at| computer.sample(id, at, &made.names));
        store_all(&store, samples).await?;
    }
    store.close().await;
    call_nobody(path).await
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

/// These computers are nowhere: a server that calls them would measure that.
async fn call_nobody(path: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("UPDATE computers SET polled = 0")
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}
