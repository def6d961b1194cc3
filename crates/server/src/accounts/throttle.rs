//! The count of failed logins: five in 15 minutes for an account and for an address, then no more.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(15 * 60);
const MAX_FAILURES: usize = 5;
/// Accounts and addresses that are remembered, at most: the oldest failures are forgotten first.
const MAX_KEYS: usize = 50_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// Failed logins of the last 15 minutes.
#[derive(Default)]
pub struct Throttle {
    failures: Mutex<HashMap<Key, Vec<Instant>>>,
}

/// A login that is allowed to be tried. It counts as a failure until it [succeeds](Attempt::succeeded),
/// so that many at once get no more tries than one after the other.
pub struct Attempt<'a> {
    throttle: &'a Throttle,
    keys: [Key; 2],
    at: Instant,
}

impl Throttle {
    /// Allows a login to be tried, or says how long to wait.
    ///
    /// # Errors
    /// The time until the next try is allowed.
    pub fn attempt(&self, username: &str, address: IpAddr) -> Result<Attempt<'_>, Duration> {
        self.attempt_at(username, address, Instant::now())
    }

    fn attempt_at(
        &self,
        username: &str,
        address: IpAddr,
        now: Instant,
    ) -> Result<Attempt<'_>, Duration> {
        let keys = [
            Key::Account(account(username)),
            Key::Address(network(address)),
        ];
        let mut failures = self.failures();
        let waits = keys
            .iter()
            .filter_map(|key| wait(failures.get_mut(key)?, now));
        if let Some(longest) = waits.max() {
            return Err(longest);
        }
        make_room(&mut failures, now);
        for key in &keys {
            failures.entry(key.clone()).or_default().push(now);
        }
        Ok(Attempt {
            throttle: self,
            keys,
            at: now,
        })
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<Key, Vec<Instant>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// The login was right: it does not count, and the account's earlier failures are forgotten. Those of
    /// the address stay, or one known account would let its owner try all others.
    pub fn succeeded(self) {
        let mut failures = self.throttle.failures();
        let [account, address] = &self.keys;
        failures.remove(account);
        self.withdraw_one(&mut failures, address);
    }

    /// The login was not decided, since this server was too busy: it does not count.
    pub fn withdraw(self) {
        let mut failures = self.throttle.failures();
        for key in &self.keys {
            self.withdraw_one(&mut failures, key);
        }
    }

    fn withdraw_one(&self, failures: &mut HashMap<Key, Vec<Instant>>, key: &Key) {
        if let Some(times) = failures.get_mut(key) {
            if let Some(index) = times.iter().position(|&time| time == self.at) {
                times.remove(index);
            }
            if times.is_empty() {
                failures.remove(key);
            }
        }
    }
}

/// How long until fewer than [`MAX_FAILURES`] lie within the window; `None` where they do already.
fn wait(times: &mut Vec<Instant>, now: Instant) -> Option<Duration> {
    times.retain(|&time| now.duration_since(time) < WINDOW);
    let oldest_that_counts = times.len().checked_sub(MAX_FAILURES)?;
    times
        .get(oldest_that_counts)
        .map(|&time| WINDOW.saturating_sub(now.duration_since(time)))
}

fn make_room(failures: &mut HashMap<Key, Vec<Instant>>, now: Instant) {
    if failures.len() < MAX_KEYS {
        return;
    }
    failures.retain(|_, times| {
        times
            .last()
            .is_some_and(|&time| now.duration_since(time) < WINDOW)
    });
    while failures.len() >= MAX_KEYS {
        let oldest = failures
            .iter()
            .min_by_key(|(_, times)| times.last().copied());
        let Some(key) = oldest.map(|(key, _)| key.clone()) else {
            return;
        };
        failures.remove(&key);
    }
}

/// A name of any length costs the same.
fn account(username: &str) -> String {
    username.chars().take(100).collect()
}

/// One household has a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[test]
    fn the_sixth_failure_of_an_account_waits() {
        let throttle = Throttle::default();
        let now = Instant::now();
        for n in 0..5 {
            assert!(throttle.attempt_at("admin", address(n), now).is_ok());
        }
        let wait = throttle
            .attempt_at("admin", address(99), now)
            .err()
            .unwrap();
        assert_eq!(wait, WINDOW);
        assert!(throttle.attempt_at("other", address(98), now).is_ok());
        assert!(
            throttle
                .attempt_at("admin", address(97), now + WINDOW)
                .is_ok()
        );
    }

    #[test]
    fn an_address_gets_no_more_by_trying_other_names() {
        let throttle = Throttle::default();
        let now = Instant::now();
        for n in 0..5 {
            assert!(
                throttle
                    .attempt_at(&format!("user{n}"), address(1), now)
                    .is_ok()
            );
        }
        assert!(throttle.attempt_at("user9", address(1), now).is_err());
        let v6 = |last: u16| IpAddr::from([0xfd00, 0, 0, 1, 0, 0, 0, last]);
        for n in 0..5 {
            assert!(throttle.attempt_at(&format!("v6-{n}"), v6(n), now).is_ok());
        }
        assert!(throttle.attempt_at("v6-9", v6(9), now).is_err());
    }

    #[test]
    fn what_succeeds_does_not_count() {
        let throttle = Throttle::default();
        let now = Instant::now();
        for _ in 0..4 {
            assert!(throttle.attempt_at("admin", address(1), now).is_ok());
        }
        throttle
            .attempt_at("admin", address(2), now)
            .unwrap()
            .succeeded();
        for _ in 0..20 {
            throttle
                .attempt_at("admin", address(2), now)
                .unwrap()
                .succeeded();
            throttle
                .attempt_at("admin", address(3), now)
                .unwrap()
                .withdraw();
        }
        assert!(throttle.attempt_at("x", address(1), now).is_ok());
        assert!(throttle.attempt_at("y", address(1), now).is_err());
    }
}
