//! Adds the simulated computers to the database of a server.

use crate::TOKEN;
use crate::fleet::Fleet;
use anyhow::Context as _;
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer};
use muster_swarm::address::port_of;
use muster_swarm::fault::{Fault, Faulty};
use std::path::Path;

/// Nothing listens here: the port of the old discard service.
const UNUSED_PORT: u16 = 9;

pub async fn register_fleet(database: &Path, fleet: &Fleet) -> anyhow::Result<()> {
    let identity = fleet.load_identity()?;
    let faults = fleet.faults();
    anyhow::ensure!(
        fleet.port > 0,
        "give the --port that `muster-swarm serve` printed"
    );
    // Checked before anything is added, so that all computers are added or none.
    fleet
        .port
        .checked_add(fleet.ports - 1)
        .context("the ports exceed 65535: choose a lower --port or fewer --ports")?;
    let store = SqliteStore::open(database, Missing::Create).await?;
    for number in 0..fleet.agents {
        let faulty = faults.fault_of(number);
        let computer = NewComputer {
            name: format!("swarm-{number:06}"),
            url: url_of(fleet, number, faulty)?,
            token: TOKEN.into(),
            tags: tags_of(number, faulty),
            tls_sha256: identity.as_ref().map(|it| it.sha256().to_owned()),
            ..NewComputer::default()
        };
        store.add_computer(&computer).await?;
    }
    store.close().await;
    println!("added {} computers to {}", fleet.agents, database.display());
    Ok(())
}

fn url_of(fleet: &Fleet, number: u32, faulty: Option<Faulty>) -> anyhow::Result<String> {
    let port = match faulty {
        Some(faulty) if faulty.fault == Fault::Refusing && faulty.is_other_form() => UNUSED_PORT,
        _ => {
            let port = fleet.port.checked_add(port_of(number, fleet.ports));
            port.context("the port exceeds 65535")?
        }
    };
    let scheme = if fleet.tls { "https" } else { "http" };
    Ok(format!("{scheme}://{}:{port}", fleet.address_of(number)))
}

/// The tags of a computer: a kind and a rack for nine in ten, and the fault of a faulty one.
fn tags_of(number: u32, faulty: Option<Faulty>) -> Vec<String> {
    let mut tags = usual_tags_of(number);
    if let Some(faulty) = faulty {
        tags.extend(["faulty".into(), faulty.fault.name()]);
    }
    tags
}

fn usual_tags_of(number: u32) -> Vec<String> {
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
