//! Which agent has which loopback address: 127.1.0.0 and on.

use std::net::Ipv4Addr;

const FIRST: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 0);

pub fn of(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(FIRST) + number)
}

pub fn number(address: Ipv4Addr) -> Option<usize> {
    let number = u32::from(address).checked_sub(u32::from(FIRST))?;
    usize::try_from(number).ok()
}
