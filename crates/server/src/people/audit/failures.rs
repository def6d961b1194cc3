//! Counts failed logins per network, so that thousands of attempts do not fill the audit log.

use crate::people::accounts::network_of;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// How long the failures of a network are counted together.
const WINDOW: Duration = Duration::from_secs(60 * 60);
/// Failures per network and window that are recorded individually.
const RECORDED: u64 = 5;
/// Networks that are counted separately, at most; all others are counted together.
const MAX_NETWORKS: usize = 100;

/// The failures of the current windows.
#[derive(Default)]
pub struct Failures {
    networks: HashMap<IpAddr, Count>,
    others: Option<Count>,
}

struct Count {
    address: Option<IpAddr>,
    since: Instant,
    failures: u64,
    recorded: u64,
}

impl Failures {
    /// Counts a failure, and returns whether to record it individually.
    pub fn count_failure(&mut self, address: IpAddr, now: Instant) -> bool {
        let key = network_of(address);
        let has_place = self.networks.len() < MAX_NETWORKS || self.networks.contains_key(&key);
        let count = if has_place {
            self.networks
                .entry(key)
                .or_insert_with(|| Count::begin(Some(address), now))
        } else {
            self.others.get_or_insert_with(|| Count::begin(None, now))
        };
        count.failures += 1;
        let is_recorded = has_place && count.failures <= RECORDED;
        count.recorded += u64::from(is_recorded);
        is_recorded
    }

    /// Removes the counts whose window is over, or all, and returns how many failures were not recorded individually.
    pub fn take_due(&mut self, now: Instant, all: bool) -> Vec<(Option<IpAddr>, u64)> {
        let is_due = |count: &Count| all || now.duration_since(count.since) >= WINDOW;
        let due = self.networks.extract_if(|_, count| is_due(count));
        let mut counts: Vec<Count> = due.map(|(_, count)| count).collect();
        counts.extend(self.others.take_if(|count| is_due(count)));
        counts
            .iter()
            .map(|count| (count.address, count.failures - count.recorded))
            .filter(|&(_, missing)| missing > 0)
            .collect()
    }
}

impl Count {
    fn begin(address: Option<IpAddr>, since: Instant) -> Self {
        Self {
            address,
            since,
            failures: 0,
            recorded: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_are_listed_and_the_rest_summarized() {
        let mut failures = Failures::default();
        let now = Instant::now();
        let address = IpAddr::from([192, 0, 2, 7]);
        let recorded = (0..1_000)
            .filter(|_| failures.count_failure(address, now))
            .count();
        assert_eq!(recorded, 5);
        assert!(failures.take_due(now, false).is_empty());
        assert_eq!(
            failures.take_due(now + WINDOW, false),
            [(Some(address), 995)]
        );
        assert!(failures.take_due(now + WINDOW, true).is_empty());
        assert!(failures.count_failure(address, now + WINDOW));
    }

    #[test]
    fn a_thousand_addresses_do_not_make_a_thousand_entries() {
        let mut failures = Failures::default();
        let now = Instant::now();
        let recorded = (0..1_000_u16)
            .map(|number| IpAddr::from([0xfd00, 0, 0, number, 0, 0, 0, 1]))
            .filter(|&address| failures.count_failure(address, now))
            .count();
        assert_eq!(recorded, MAX_NETWORKS);
        assert_eq!(failures.take_due(now, true), [(None, 900)]);
    }

    #[test]
    fn one_network_counts_as_one_address() {
        let mut failures = Failures::default();
        let now = Instant::now();
        let recorded = (0..100_u16)
            .map(|last| IpAddr::from([0xfd00, 0, 0, 1, 0, 0, 0, last]))
            .filter(|&address| failures.count_failure(address, now))
            .count();
        assert_eq!(recorded, 5);
    }
}
