//! Limits how often something may be done in a minute: by one account, and by all accounts together.
//!
//! A sliding window of at most 30 entries, not the `governor` crate: that one allows a burst and then one action each
//! few seconds, and would need a limiter for each account that somebody has to clean up.

use super::error::{ApiError, ApiResult};
use super::problem::Problem;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
const ACCOUNT_LIMIT: usize = 10;
const TOTAL_LIMIT: usize = 30;

/// When each account acted in the last minute, oldest first; at most [`TOTAL_LIMIT`] entries.
#[derive(Default)]
pub struct RateLimiter(Mutex<VecDeque<(Instant, i64)>>);

impl RateLimiter {
    /// Counts an action of an account.
    ///
    /// # Errors
    /// The account, or all together, have reached their limit.
    pub fn count_action(&self, account_id: i64) -> ApiResult<()> {
        self.count_at(account_id, Instant::now()).map_err(|wait| {
            let problem = Problem::TooManyTests {
                account_limit: ACCOUNT_LIMIT,
                total_limit: TOTAL_LIMIT,
                seconds: wait.as_secs() + 1,
            };
            ApiError::from(problem).retry_after(wait)
        })
    }

    /// The error is how long to wait.
    fn count_at(&self, account_id: i64, now: Instant) -> Result<(), Duration> {
        let mut actions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        actions.retain(|(at, _)| now.duration_since(*at) < WINDOW);
        let mut own = actions.iter().filter(|(_, id)| *id == account_id);
        // An action is allowed again when the oldest one that counts has left the window.
        let mut blocked_by = None;
        if own.clone().count() >= ACCOUNT_LIMIT {
            blocked_by = own.next();
        }
        if actions.len() >= TOTAL_LIMIT {
            blocked_by = blocked_by.max(actions.front());
        }
        if let Some((at, _)) = blocked_by {
            return Err(WINDOW.saturating_sub(now.duration_since(*at)));
        }
        actions.push_back((now, account_id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_and_all_together_are_limited() {
        let limiter = RateLimiter::default();
        let now = Instant::now();
        for _ in 0..ACCOUNT_LIMIT {
            assert_eq!(limiter.count_at(1, now), Ok(()));
        }
        assert_eq!(limiter.count_at(1, now + WINDOW / 2), Err(WINDOW / 2));
        for id in [2, 3] {
            for _ in 0..ACCOUNT_LIMIT {
                assert_eq!(limiter.count_at(id, now + WINDOW / 4), Ok(()));
            }
        }
        assert!(limiter.count_at(4, now + WINDOW / 2).is_err());
        assert_eq!(limiter.count_at(1, now + WINDOW), Ok(()));
    }
}
