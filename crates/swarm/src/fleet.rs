//! Which agents: what `serve` and `register` must be told alike.

use clap::Args;
use muster_agent::tls::Identity;
use muster_swarm::address;
use muster_swarm::fault::{Fault, Faults};
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// Which agents.
#[derive(Args)]
pub struct Fleet {
    /// How many agents
    #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=4_000_000))]
    pub agents: u32,
    /// The port that all of them listen on; 0 for any
    #[arg(long, default_value = "9100")]
    pub port: u16,
    /// How many agents share an address, at neighbouring ports from --port on: behind 100, 100,000 agents have
    /// 1,000 addresses; with 1 each has an address of its own
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub ports: u16,
    /// How many per cent of them are faulty, spread evenly over the numbers; `register` tags these "faulty" and
    /// with the name of the fault
    #[arg(long, value_name = "PERCENT", default_value = "0", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub faulty: u32,
    /// In which ways, which take turns; repeat it or separate them by commas [default: all]
    #[arg(long, value_name = "KIND", value_delimiter = ',', requires = "faulty")]
    pub fault: Vec<Fault>,
    /// The agents speak TLS alone, all with one certificate; `register` pins it
    #[arg(long)]
    pub tls: bool,
    /// File with that certificate and its key, made where there is none: the same for `serve` and `register`
    #[arg(long, value_name = "FILE", default_value = "swarm_tls.pem")]
    pub tls_file: PathBuf,
}

impl Fleet {
    pub fn address(&self, number: u32) -> Ipv4Addr {
        address::of(number, self.ports)
    }

    pub fn faults(&self) -> Faults {
        Faults::new(self.faulty, &self.fault)
    }

    /// What the agents speak TLS with, where they do.
    pub fn identity(&self) -> anyhow::Result<Option<Identity>> {
        let identity = self.tls.then(|| Identity::load_or_create(&self.tls_file));
        Ok(identity.transpose()?)
    }
}
