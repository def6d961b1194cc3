//! The arguments that `serve` and `register` share; both need the same values.

use clap::Args;
use muster_agent::tls::Identity;
use muster_swarm::address;
use muster_swarm::fault::{Fault, Faults};
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// The agents of a fleet.
#[derive(Args)]
pub struct Fleet {
    /// Number of agents
    #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=4_000_000))]
    pub agents: u32,
    /// Port of all agents; 0 for any free port
    #[arg(long, default_value = "9100")]
    pub port: u16,
    /// Agents per address, at consecutive ports from --port on: with 100, 100,000 agents have 1,000 addresses;
    /// with 1, each agent has its own address
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub ports: u16,
    /// Percentage of faulty agents, spread evenly; `register` tags them "faulty" and with the name of the fault
    #[arg(long, value_name = "PERCENT", default_value = "0", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub faulty: u32,
    /// Faults, which take turns; repeat the flag or separate them with commas [default: all]
    #[arg(long, value_name = "KIND", value_delimiter = ',', requires = "faulty")]
    pub fault: Vec<Fault>,
    /// All agents use TLS with one shared certificate; `register` pins it
    #[arg(long)]
    pub tls: bool,
    /// File with the certificate and its key, created if missing; give `serve` and `register` the same file
    #[arg(long, value_name = "FILE", default_value = "swarm_tls.pem")]
    pub tls_file: PathBuf,
}

impl Fleet {
    pub fn address_of(&self, number: u32) -> Ipv4Addr {
        address::address_of(number, self.ports)
    }

    pub fn faults(&self) -> Faults {
        Faults::new(self.faulty, &self.fault)
    }

    /// The TLS identity of the agents; `None` without --tls.
    pub fn load_identity(&self) -> anyhow::Result<Option<Identity>> {
        let identity = self.tls.then(|| Identity::load_or_create(&self.tls_file));
        Ok(identity.transpose()?)
    }
}
