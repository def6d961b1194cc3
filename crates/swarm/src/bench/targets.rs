//! A Prometheus configuration that scrapes the simulated computers.

use crate::TOKEN;
use crate::fleet::Fleet;
use muster_swarm::address::port_of;

/// Prints a configuration that both Prometheus and VictoriaMetrics can read.
pub fn print_targets(fleet: &Fleet, interval_s: u32) {
    println!("global: {{scrape_interval: {interval_s}s}}");
    println!("scrape_configs:");
    println!("  - job_name: swarm");
    println!("    authorization: {{credentials: {TOKEN}}}");
    println!("    static_configs:");
    println!("      - targets:");
    for number in 0..fleet.agents {
        let port = u32::from(fleet.port) + u32::from(port_of(number, fleet.ports));
        println!("          - {}:{port}", fleet.address_of(number));
    }
}
