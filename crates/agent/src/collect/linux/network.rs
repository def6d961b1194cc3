//! Network interfaces, from `net/dev`.

use super::fields::{instance, lines, number, words};
use super::source::{SourceError, SourceFolder};
use muster_wire::catalogue;
use muster_wire::{Network, Series};
use std::path::Path;

/// Maximum number of interfaces that get series.
const MAX_INTERFACES: usize = 24;

/// Host ends of virtual Ethernet pairs of containers: hundreds of them come and go, and their values say little.
const FLEETING: [&[u8]; 2] = [b"veth", b"cali"];

/// The content of `net/dev`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interfaces {
    /// The sum of all interfaces, including loopback and container cables, like psutil.
    pub all: Network,
    /// The interfaces that have series: name, bytes sent, bytes received.
    pub each: Vec<(Vec<u8>, u64, u64)>,
}

/// Reads the network counters.
///
/// `net` is the network namespace of the reader, which in a container is not that of the computer; that of
/// process 1 is.
pub fn read_interfaces(proc: &mut SourceFolder) -> Result<Interfaces, SourceError> {
    if proc.path() == Path::new("/proc") {
        return proc.read_file("net/dev", parse);
    }
    proc.read_file("1/net/dev", parse)
        .or_else(|_| proc.read_file("net/dev", parse))
}

fn parse(text: &[u8]) -> Option<Interfaces> {
    let mut interfaces = Interfaces::default();
    for (name, network) in lines(text).filter_map(parse_line) {
        add(&mut interfaces.all, &network);
        if !FLEETING.iter().any(|prefix| name.starts_with(prefix)) {
            interfaces
                .each
                .push((name.to_owned(), network.bytes_sent, network.bytes_recv));
        }
    }
    // Without any interface, the file still has its heading.
    lines(text)
        .next()?
        .starts_with(b"Inter-|")
        .then_some(interfaces)
}

/// Parses ` eth0: 345186508 11039 0 …`. The name of an alias contains a colon.
fn parse_line(line: &[u8]) -> Option<(&[u8], Network)> {
    let colon = line.iter().rposition(|&byte| byte == b':')?;
    let mut counters = [0; 16];
    let mut words = words(&line[colon + 1..]);
    for counter in &mut counters {
        *counter = number(words.next()?)?;
    }
    let [
        bytes_recv,
        packets_recv,
        errin,
        dropin,
        _,
        _,
        _,
        _,
        bytes_sent,
        packets_sent,
        errout,
        dropout,
        ..,
    ] = counters;
    let network = Network {
        bytes_sent,
        bytes_recv,
        packets_sent,
        packets_recv,
        errin,
        errout,
        dropin,
        dropout,
    };
    Some((line[..colon].trim_ascii(), network))
}

fn add(all: &mut Network, one: &Network) {
    let pairs = [
        (&mut all.bytes_sent, one.bytes_sent),
        (&mut all.bytes_recv, one.bytes_recv),
        (&mut all.packets_sent, one.packets_sent),
        (&mut all.packets_recv, one.packets_recv),
        (&mut all.errin, one.errin),
        (&mut all.errout, one.errout),
        (&mut all.dropin, one.dropin),
        (&mut all.dropout, one.dropout),
    ];
    for (sum, value) in pairs {
        *sum = sum.saturating_add(value);
    }
}

/// Adds the counters of each interface. If there are too many, those with a hardware device come first.
pub fn add_series(mut interfaces: Interfaces, sys: &Path, series: &mut Series) {
    if interfaces.each.len() > MAX_INTERFACES {
        let device = |name: &[u8]| {
            sys.join("class/net")
                .join(instance(name))
                .join("device")
                .exists()
        };
        interfaces
            .each
            .sort_by_cached_key(|(name, _, _)| !device(name));
    }
    for (name, sent_bytes, received_bytes) in interfaces.each.iter().take(MAX_INTERFACES) {
        let name = instance(name);
        series.push(
            catalogue::with_instance(catalogue::NETWORK_SENT, &name),
            *sent_bytes,
        );
        series.push(
            catalogue::with_instance(catalogue::NETWORK_RECEIVED, &name),
            *received_bytes,
        );
    }
}

#[cfg(test)]
mod tests;
