//! Adds a day of history to some computers of a fleet, so that their charts are not empty.

use super::database::record_rounds;
use super::generated::{GeneratorArgs, Rates};
use super::seal::{SealingCost, seal_before};
use super::simulation::Shape;
use anyhow::Context as _;
use muster_store::Computers as _;
use muster_store::sqlite::{Missing, SqliteStore};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A server does not seal samples younger than this.
const ROWS_MS: i64 = 3 * 60 * 60 * 1000;

pub async fn add_past(path: &Path, count: u32) -> anyhow::Result<()> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let history = GeneratorArgs {
        shape: Shape::Usual,
        seed: 1,
        computers: count,
        days: 1,
        rates: Rates::Derived,
        until: Some(now_s),
        even: false,
    }
    .generate()?;
    let store = SqliteStore::open(path, Missing::Refuse).await?;
    let computers = store.computers().await?;
    let ids = computers.iter().map(|computer| computer.id);
    let ids: Vec<i64> = ids.take(history.computers.len()).collect();
    anyhow::ensure!(
        ids.len() == history.computers.len(),
        "{} has only {} computers: register more computers, or lower --computers",
        path.display(),
        ids.len()
    );
    let rounds = history
        .computers
        .first()
        .map(|computer| computer.times.len())
        .context("no computers")?;
    record_rounds(&store, &history, &ids, 0..rounds).await?;
    seal_before(&store, now_s * 1000 - ROWS_MS, &mut SealingCost::default()).await?;
    store.close().await;
    Ok(())
}
