//! Addresses of the agents: loopback addresses from 127.1.0.0 on, each with a configurable number of ports.

use std::net::Ipv4Addr;

const FIRST: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 0);

/// The address of an agent. `ports` agents share one address, each at its own port.
#[must_use]
pub fn address_of(number: u32, ports: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(FIRST) + number / u32::from(ports.max(1)))
}

/// The offset of an agent's port from the first port.
#[must_use]
pub fn port_of(number: u32, ports: u16) -> u16 {
    u16::try_from(number % u32::from(ports.max(1))).unwrap_or_default()
}

/// The number of the agent at an address and port offset, if the address is in the range of the fleet.
#[must_use]
pub fn number_at(address: Ipv4Addr, port: u16, ports: u16) -> Option<u32> {
    let address = u32::from(address).checked_sub(u32::from(FIRST))?;
    let first = address.checked_mul(u32::from(ports.max(1)))?;
    first.checked_add(u32::from(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_found_where_it_is() {
        for (ports, agent) in [(1, 0), (1, 99_999), (7, 0), (7, 99_999), (1_000, 4_321)] {
            let (address, port) = (address_of(agent, ports), port_of(agent, ports));
            assert_eq!(number_at(address, port, ports), Some(agent));
        }
        assert_eq!(address_of(299, 1), Ipv4Addr::new(127, 1, 1, 43));
        assert_eq!(address_of(299, 100), Ipv4Addr::new(127, 1, 0, 2));
        assert_eq!(port_of(299, 100), 99);
        assert_eq!(number_at(Ipv4Addr::LOCALHOST, 0, 1), None);
    }
}
