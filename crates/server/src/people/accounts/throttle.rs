//! Login throttling: five failures in 15 minutes for an account or an address, then no more attempts.
//!
//! Attempts in progress count against the limit, since they may fail. A further attempt waits for them instead of
//! being refused.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

const WINDOW: Duration = Duration::from_secs(15 * 60);
const MAX_FAILURES: usize = 5;
/// Accounts and addresses to remember, at most. Beyond that, the ones with the oldest failures are forgotten.
const MAX_KEYS: usize = 50_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// Recent attempts of an account or an address.
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

/// A login attempt that may proceed. It counts as failed, even if the client disconnects, unless it
/// [succeeds](Attempt::succeeded) or is [withdrawn](Attempt::withdraw).
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

/// Why a login may not be attempted now.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// Too many failures: retry after this time.
    Wait(Duration),
    /// Failures and attempts in progress together reach the limit.
    UnderWay,
}

impl Throttle {
    /// Starts an attempt, after waiting for others in progress if necessary.
    ///
    /// # Errors
    /// The time until the next attempt is allowed.
    pub async fn start_attempt(
        &self,
        username: &str,
        address: IpAddr,
    ) -> Result<Attempt<'_>, Duration> {
        loop {
            let mut decided = std::pin::pin!(self.decided.notified());
            // Subscribe before checking, so that a result in between is not missed.
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
            Key::Address(network_of(address)),
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
    /// The login succeeded: it does not count, and earlier failures of the account are forgotten. Failures of the
    /// address remain; otherwise the owner of one account could try all others without limit.
    pub fn succeeded(mut self) {
        self.outcome = Outcome::Succeeded;
    }

    /// The server was too busy to check the password: the attempt does not count.
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
    /// Keeps only as many failures as count for the limit.
    fn fail(&mut self, at: Instant) {
        self.failures.push(at);
        self.failures.sort_unstable();
        let excess = self.failures.len().saturating_sub(MAX_FAILURES);
        self.failures.drain(..excess);
    }
}

/// Failures within the window.
fn recent(tries: &Tries, now: Instant) -> usize {
    let is_recent = |time: &&Instant| now.duration_since(**time) < WINDOW;
    tries.failures.iter().filter(is_recent).count()
}

fn is_full(tries: &Tries, now: Instant) -> bool {
    recent(tries, now) + tries.under_way >= MAX_FAILURES
}

/// The time until fewer than [`MAX_FAILURES`] are within the window; `None` if that is so now.
fn wait(tries: &Tries, now: Instant) -> Option<Duration> {
    if recent(tries, now) < MAX_FAILURES {
        return None;
    }
    let oldest = tries.failures.iter().rev().nth(MAX_FAILURES - 1)?;
    Some(WINDOW.saturating_sub(now.duration_since(*oldest)))
}

/// Forgets old entries, but not those with attempts in progress, which end within seconds.
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

/// The key of an account, shortened so that a long user name takes no more memory.
fn account(username: &str) -> String {
    username.chars().take(100).collect()
}

/// The network of an address: a single household has a whole IPv6 /64.
pub fn network_of(address: IpAddr) -> IpAddr {
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
    fn the_sixth_failure_of_an_account_is_throttled() {
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
    fn successes_do_not_count() {
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
    async fn new_attempts_wait_for_attempts_in_progress() {
        let throttle = Throttle::default();
        let under_way: Vec<_> = (0..5)
            .map(|_| throttle.attempt_at("admin", address(1), Instant::now()))
            .collect();
        let mut next = std::pin::pin!(throttle.start_attempt("admin", address(2)));
        assert!(is_pending(next.as_mut()));
        for attempt in under_way {
            attempt.ok().unwrap().succeeded();
        }
        next.await.ok().unwrap().succeeded();
        assert!(throttle.tries().is_empty());
    }

    #[tokio::test]
    async fn an_attempt_in_progress_counts_if_it_fails() {
        let throttle = Throttle::default();
        let under_way: Vec<_> = (0..5)
            .map(|_| throttle.attempt_at("admin", address(1), Instant::now()))
            .collect();
        let mut next = std::pin::pin!(throttle.start_attempt("admin", address(2)));
        assert!(is_pending(next.as_mut()));
        drop(under_way);
        assert!(next.await.is_err());
    }
}
