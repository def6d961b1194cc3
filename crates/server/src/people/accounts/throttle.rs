//! The count of failed logins: five in 15 minutes for an account and for an address, then no more.
//!
//! Those that are under way might fail, and so take up of the five what is left; but nobody is refused for
//! them: whoever comes meanwhile waits until they are decided.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

const WINDOW: Duration = Duration::from_secs(15 * 60);
const MAX_FAILURES: usize = 5;
/// Accounts and addresses that are remembered, at most: the oldest failures are forgotten first.
const MAX_KEYS: usize = 50_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// What is known of a key.
#[derive(Default)]
struct Tries {
    failures: Vec<Instant>,
    under_way: usize,
}

type All = HashMap<Key, Tries>;

/// Failed logins of the last 15 minutes.
#[derive(Default)]
pub struct Throttle {
    tries: Mutex<All>,
    decided: Notify,
}

/// A login that is allowed to be tried. It counts as a failure unless it [succeeds](Attempt::succeeded) or is
/// [withdrawn](Attempt::withdraw), and be it that whoever tried went away.
pub struct Attempt<'a> {
    throttle: &'a Throttle,
    keys: [Key; 2],
    at: Instant,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Failed,
    Succeeded,
    Withdrawn,
}

/// Why a login may not be tried now.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// Too many failed: try again after this.
    Wait(Duration),
    /// If those that are under way failed, too many would have.
    UnderWay,
}

impl Throttle {
    /// Allows a login to be tried, once those under way leave room for it, or says how long to wait.
    ///
    /// # Errors
    /// The time until the next try is allowed.
    pub async fn attempt(&self, username: &str, address: IpAddr) -> Result<Attempt<'_>, Duration> {
        loop {
            let mut decided = std::pin::pin!(self.decided.notified());
            // What is decided between the look and the wait must not be missed.
            decided.as_mut().enable();
            match self.attempt_at(username, address, Instant::now()) {
                Ok(attempt) => return Ok(attempt),
                Err(Refusal::Wait(wait)) => return Err(wait),
                Err(Refusal::UnderWay) => decided.await,
            }
        }
    }

    fn attempt_at(
        &self,
        username: &str,
        address: IpAddr,
        now: Instant,
    ) -> Result<Attempt<'_>, Refusal> {
        let keys = [
            Key::Account(account(username)),
            Key::Address(network(address)),
        ];
        let mut all = self.tries();
        let known = keys.iter().filter_map(|key| all.get(key));
        let waits = known.clone().filter_map(|tries| wait(tries, now));
        if let Some(longest) = waits.max() {
            return Err(Refusal::Wait(longest));
        }
        if known.clone().any(|tries| is_full(tries, now)) {
            return Err(Refusal::UnderWay);
        }
        make_room(&mut all, now);
        for key in &keys {
            all.entry(key.clone()).or_default().under_way += 1;
        }
        drop(all);
        Ok(Attempt {
            throttle: self,
            keys,
            at: now,
            outcome: Outcome::Failed,
        })
    }

    fn tries(&self) -> MutexGuard<'_, All> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// The login was right: it does not count, and the account's earlier failures are forgotten. Those of
    /// the address stay, or one known account would let its owner try all others.
    pub fn succeeded(mut self) {
        self.outcome = Outcome::Succeeded;
    }

    /// The login was not decided, since this server was too busy: it does not count.
    pub fn withdraw(mut self) {
        self.outcome = Outcome::Withdrawn;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut all = self.throttle.tries();
        for key in &self.keys {
            let tries = all.entry(key.clone()).or_default();
            tries.under_way = tries.under_way.saturating_sub(1);
            match (self.outcome, key) {
                (Outcome::Failed, _) => tries.fail(self.at),
                (Outcome::Succeeded, Key::Account(_)) => tries.failures.clear(),
                _ => {}
            }
            if tries.failures.is_empty() && tries.under_way == 0 {
                all.remove(key);
            }
        }
        drop(all);
        self.throttle.decided.notify_waiters();
    }
}

impl Tries {
    /// Older ones than the last that count say nothing.
    fn fail(&mut self, at: Instant) {
        self.failures.push(at);
        self.failures.sort_unstable();
        let excess = self.failures.len().saturating_sub(MAX_FAILURES);
        self.failures.drain(..excess);
    }
}

/// How many failures lie within the window.
fn recent(tries: &Tries, now: Instant) -> usize {
    let is_recent = |time: &&Instant| now.duration_since(**time) < WINDOW;
    tries.failures.iter().filter(is_recent).count()
}

fn is_full(tries: &Tries, now: Instant) -> bool {
    recent(tries, now) + tries.under_way >= MAX_FAILURES
}

/// How long until fewer than [`MAX_FAILURES`] lie within the window; `None` where they do already.
fn wait(tries: &Tries, now: Instant) -> Option<Duration> {
    if recent(tries, now) < MAX_FAILURES {
        return None;
    }
    let oldest = tries.failures.iter().rev().nth(MAX_FAILURES - 1)?;
    Some(WINDOW.saturating_sub(now.duration_since(*oldest)))
}

/// What is under way stays: it was counted, and will be decided within seconds.
fn make_room(all: &mut All, now: Instant) {
    if all.len() < MAX_KEYS {
        return;
    }
    all.retain(|_, tries| tries.under_way > 0 || recent(tries, now) > 0);
    while all.len() >= MAX_KEYS {
        let decided = all.iter().filter(|(_, tries)| tries.under_way == 0);
        let oldest = decided.min_by_key(|(_, tries)| tries.failures.last().copied());
        let Some(key) = oldest.map(|(key, _)| key.clone()) else {
            return;
        };
        all.remove(&key);
    }
}

/// A name of any length costs the same.
fn account(username: &str) -> String {
    username.chars().take(100).collect()
}

/// One household has a whole /64 of IPv6 addresses.
pub fn network(address: IpAddr) -> IpAddr {
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
    use std::pin::Pin;
    use std::task::{Context, Waker};

    fn is_pending(future: Pin<&mut impl Future>) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        future.poll(&mut context).is_pending()
    }

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
        let wait = throttle.attempt_at("admin", address(99), now).err();
        assert_eq!(wait, Some(Refusal::Wait(WINDOW)));
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

    #[tokio::test]
    async fn whoever_comes_meanwhile_waits_for_what_is_under_way() {
        let throttle = Throttle::default();
        let under_way: Vec<_> = (0..5)
            .map(|_| throttle.attempt_at("admin", address(1), Instant::now()))
            .collect();
        let mut next = std::pin::pin!(throttle.attempt("admin", address(2)));
        assert!(is_pending(next.as_mut()));
        for attempt in under_way {
            attempt.ok().unwrap().succeeded();
        }
        next.await.ok().unwrap().succeeded();
        assert!(throttle.tries().is_empty());
    }

    #[tokio::test]
    async fn what_is_under_way_and_fails_counts() {
        let throttle = Throttle::default();
        let under_way: Vec<_> = (0..5)
            .map(|_| throttle.attempt_at("admin", address(1), Instant::now()))
            .collect();
        let mut next = std::pin::pin!(throttle.attempt("admin", address(2)));
        assert!(is_pending(next.as_mut()));
        drop(under_way);
        assert!(next.await.is_err());
    }
}
