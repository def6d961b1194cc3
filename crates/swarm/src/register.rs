//! The simulated computers, put on a server's roll.

use crate::{Fleet, TOKEN};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer};
use muster_swarm::address;
use std::path::Path;

pub async fn register(database: &Path, fleet: &Fleet) -> anyhow::Result<()> {
    let store = SqliteStore::open(database, Missing::Create).await?;
    for number in 0..fleet.agents {
        let computer = NewComputer {
            name: format!("swarm-{number:06}"),
            url: format!("http://{}:{}", address::of(number), fleet.port),
            token: TOKEN.into(),
            tags: tags_of(number),
            ..NewComputer::default()
        };
        store.add_computer(&computer).await?;
    }
    store.close().await;
    println!("added {} computers to {}", fleet.agents, database.display());
    Ok(())
}

/// A few racks and two kinds, and one in ten without any.
fn tags_of(number: u32) -> Vec<String> {
    if number % 10 == 9 {
        return Vec::new();
    }
    let kind = if number.is_multiple_of(3) {
        "prod"
    } else {
        "test"
    };
    vec![kind.into(), format!("rack-{}", number / 1_000 + 1)]
}
