//! The simulated computers, put on a server's roll.

use crate::{Fleet, TOKEN, address};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer};
use std::path::Path;

pub async fn register(database: &Path, fleet: &Fleet) -> anyhow::Result<()> {
    let store = SqliteStore::open(database, Missing::Create).await?;
    for number in 0..fleet.agents {
        let computer = NewComputer {
            name: format!("swarm-{number:06}"),
            url: format!("http://{}:{}", address::of(number), fleet.port),
            token: TOKEN.into(),
        };
        store.add_computer(&computer).await?;
    }
    store.close().await;
    println!("added {} computers to {}", fleet.agents, database.display());
    Ok(())
}
