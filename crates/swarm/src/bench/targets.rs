//! The simulated computers for whoever scrapes them as Prometheus does.

use crate::{Fleet, TOKEN};
use muster_swarm::address;

/// As both programs read it.
pub fn print(fleet: &Fleet, interval_s: u32) {
    println!("global: {{scrape_interval: {interval_s}s}}");
    println!("scrape_configs:");
    println!("  - job_name: swarm");
    println!("    authorization: {{credentials: {TOKEN}}}");
    println!("    static_configs:");
    println!("      - targets:");
    for number in 0..fleet.agents {
        println!("          - {}:{}", address::of(number), fleet.port);
    }
}
