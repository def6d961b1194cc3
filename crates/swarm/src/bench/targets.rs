//! The simulated computers for whoever scrapes them as Prometheus does.

use crate::TOKEN;
use crate::fleet::Fleet;
use muster_swarm::address::port_of;

/// As both programs read it.
pub fn print(fleet: &Fleet, interval_s: u32) {
    println!("global: {{scrape_interval: {interval_s}s}}");
    println!("scrape_configs:");
    println!("  - job_name: swarm");
    println!("    authorization: {{credentials: {TOKEN}}}");
    println!("    static_configs:");
    println!("      - targets:");
    for number in 0..fleet.agents {
        let port = u32::from(fleet.port) + u32::from(port_of(number, fleet.ports));
        println!("          - {}:{port}", fleet.address(number));
    }
}
