//! Failed logins, counted before they are noted: whoever tries a thousand passwords fills no log.

use crate::people::accounts::network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// After its first failure a network's are counted for so long.
const WINDOW: Duration = Duration::from_secs(60 * 60);
/// So many of them are told one by one.
const TOLD: u64 = 5;
/// Networks that are counted for themselves, at most; all others together are one more.
const MAX_NETWORKS: usize = 100;

/// The failures of the last hour.
#[derive(Default)]
pub struct Failures {
    networks: HashMap<IpAddr, Count>,
    others: Option<Count>,
}

struct Count {
    address: Option<IpAddr>,
    since: Instant,
    failures: u64,
    told: u64,
}

impl Failures {
    /// Counts a failure, and says whether it is told at once.
    pub fn count(&mut self, address: IpAddr, now: Instant) -> bool {
        let key = network(address);
        let has_place = self.networks.len() < MAX_NETWORKS || self.networks.contains_key(&key);
        let count = match has_place {
            true => self
                .networks
                .entry(key)
                .or_insert_with(|| Count::begin(Some(address), now)),
            false => self.others.get_or_insert_with(|| Count::begin(None, now)),
        };
        count.failures += 1;
        let is_told = has_place && count.failures <= TOLD;
        count.told += u64::from(is_told);
        is_told
    }

    /// What was counted and not told, for each network whose hour is over, or for all.
    pub fn due(&mut self, now: Instant, all: bool) -> Vec<(Option<IpAddr>, u64)> {
        let is_due = |count: &Count| all || now.duration_since(count.since) >= WINDOW;
        let due = self.networks.extract_if(|_, count| is_due(count));
        let mut counts: Vec<Count> = due.map(|(_, count)| count).collect();
        counts.extend(self.others.take_if(|count| is_due(count)));
        counts
            .iter()
            .map(|count| (count.address, count.failures - count.told))
            .filter(|&(_, untold)| untold > 0)
            .collect()
    }
}

impl Count {
    fn begin(address: Option<IpAddr>, since: Instant) -> Self {
        Self {
            address,
            since,
            failures: 0,
            told: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_told_and_the_rest_summed_up() {
        let mut failures = Failures::default();
        let now = Instant::now();
        let address = IpAddr::from([192, 0, 2, 7]);
        let told = (0..1_000).filter(|_| failures.count(address, now)).count();
        assert_eq!(told, 5);
        assert!(failures.due(now, false).is_empty());
        assert_eq!(failures.due(now + WINDOW, false), [(Some(address), 995)]);
        assert!(failures.due(now + WINDOW, true).is_empty());
        assert!(failures.count(address, now + WINDOW));
    }

    #[test]
    fn a_thousand_addresses_are_no_thousand_entries() {
        let mut failures = Failures::default();
        let now = Instant::now();
        let told = (0..1_000_u16)
            .map(|number| IpAddr::from([0xfd00, 0, 0, number, 0, 0, 0, 1]))
            .filter(|&address| failures.count(address, now))
            .count();
        assert_eq!(told, MAX_NETWORKS);
        assert_eq!(failures.due(now, true), [(None, 900)]);
    }

    #[test]
    fn one_household_is_one() {
        let mut failures = Failures::default();
        let now = Instant::now();
        let told = (0..100_u16)
            .map(|last| IpAddr::from([0xfd00, 0, 0, 1, 0, 0, 0, last]))
            .filter(|&address| failures.count(address, now))
            .count();
        assert_eq!(told, 5);
    }
}
