//! Which agent has which loopback address: 127.1.0.0 and on.

use std::net::Ipv4Addr;

const FIRST: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 0);

/// The address of an agent.
#[must_use]
pub fn of(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(FIRST) + number)
}

/// The number of the agent at an address, where one could be.
#[must_use]
pub fn number(address: Ipv4Addr) -> Option<usize> {
    let number = u32::from(address).checked_sub(u32::from(FIRST))?;
    usize::try_from(number).ok()
}
