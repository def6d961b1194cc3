//! A day that lies behind some computers of a fleet, so that their charts have something to show.

use super::database::record;
use super::fleet::Shape;
use super::made::{MadeArgs, Rates};
use super::seal::{Sealed, seal_before};
use anyhow::Context as _;
use muster_store::Computers as _;
use muster_store::sqlite::{Missing, SqliteStore};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// What is younger a server does not seal yet.
const ROWS_MS: i64 = 3 * 60 * 60 * 1000;

pub async fn past(path: &Path, count: u32) -> anyhow::Result<()> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let made = MadeArgs {
        shape: Shape::Usual,
        seed: 1,
        computers: count,
        days: 1,
        rates: Rates::Derived,
        until: Some(now_s),
        even: false,
    }
    .make()?;
    let store = SqliteStore::open(path, Missing::Refuse).await?;
    let computers = store.computers().await?;
    let ids = computers.iter().map(|computer| computer.id);
    let ids: Vec<i64> = ids.take(made.computers.len()).collect();
    anyhow::ensure!(
        ids.len() == made.computers.len(),
        "{} has only {} computers: register more, or give fewer a past",
        path.display(),
        ids.len()
    );
    let rounds = made
        .computers
        .first()
        .map(|computer| computer.times.len())
        .context("no computers")?;
    record(&store, &made, &ids, 0..rounds).await?;
    seal_before(&store, now_s * 1000 - ROWS_MS, &mut Sealed::default()).await?;
    store.close().await;
    Ok(())
}
