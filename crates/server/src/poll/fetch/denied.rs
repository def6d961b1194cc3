//! Addresses that this server never connects to.

use ipnet::{IpNet, Ipv4Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Metadata services of clouds, which give out secrets. They are always denied.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// The networks of `--deny-targets`.
#[derive(Clone, Debug, Default)]
pub struct Denied(Arc<[IpNet]>);

impl Denied {
    pub fn from_networks(networks: &[IpNet]) -> Self {
        Self(networks.iter().map(|&network| plain(network)).collect())
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        // Check the address as written and the one it reaches: 0.0.0.0/8 is meant as written.
        let both = [address.to_canonical(), reached(address)];
        let is_listed = |address| self.0.iter().any(|network| network.contains(address));
        both.iter()
            .any(|address| METADATA.contains(address) || is_listed(address))
    }
}

/// The address that a connection really reaches: IPv4-mapped IPv6 is IPv4, and "unspecified" is this computer.
fn reached(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

/// Turns a network of IPv4-mapped IPv6 addresses into one of IPv4.
fn plain(network: IpNet) -> IpNet {
    let IpNet::V6(written) = network else {
        return network;
    };
    let mapped = written.addr().to_ipv4_mapped();
    let prefix = written.prefix_len().checked_sub(96);
    let plain = mapped.zip(prefix);
    let plain = plain.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok());
    plain.map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denies(networks: &[&str], address: &str) -> bool {
        let networks: Vec<IpNet> = networks.iter().map(|text| text.parse().unwrap()).collect();
        Denied::from_networks(&networks).contains(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        for network in ["10.0.0.0/8", "::ffff:10.0.0.0/104"] {
            assert!(denies(&[network], "10.1.2.3"), "{network}");
            assert!(denies(&[network], "::ffff:10.1.2.3"), "{network}");
            assert!(!denies(&[network], "11.1.2.3"), "{network}");
        }
        assert!(denies(&["127.0.0.0/8"], "0.0.0.0"));
        assert!(denies(&["127.0.0.0/8"], "::ffff:0.0.0.0"));
        assert!(denies(&["::1/128"], "::"));
        for written in ["0.0.0.0", "::ffff:0.0.0.0", "0.1.2.3"] {
            assert!(denies(&["0.0.0.0/8"], written), "{written}");
        }
        assert!(denies(&["::/128"], "::"));
        assert!(denies(&["fd00::/8"], "fd12::1"));
    }

    #[test]
    fn cloud_metadata_addresses_are_always_denied() {
        for address in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"] {
            assert!(denies(&[], address), "{address}");
        }
        assert!(!denies(&[], "169.254.169.253"));
    }
}
