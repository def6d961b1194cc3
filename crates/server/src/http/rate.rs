//! How often something may be done: so often in a minute by an account, and so often by all together.

use super::error::{ApiError, ApiResult};
use super::problem::Problem;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
const MAX_OF_AN_ACCOUNT: usize = 10;
const MAX_OF_ALL: usize = 30;

/// What was done in the last minute, and by whom; never more than [`MAX_OF_ALL`].
#[derive(Default)]
pub struct Rate(Mutex<VecDeque<(Instant, i64)>>);

impl Rate {
    /// Counts something that an account does, unless that is too much.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&self, account_id: i64) -> ApiResult<()> {
        self.take_at(account_id, Instant::now()).map_err(|wait| {
            let problem = Problem::TooManyTests {
                account_limit: MAX_OF_AN_ACCOUNT,
                total_limit: MAX_OF_ALL,
                seconds: wait.as_secs() + 1,
            };
            ApiError::from(problem).retry_after(wait)
        })
    }

    fn take_at(&self, account_id: i64, now: Instant) -> Result<(), Duration> {
        let mut done = self.done();
        done.retain(|(at, _)| now.duration_since(*at) < WINDOW);
        let all = done.iter().map(|(at, _)| *at);
        let own = done.iter().filter(|(_, id)| *id == account_id);
        let own = own.map(|(at, _)| *at);
        // The moment that must leave the window before there is room: the oldest of those that count.
        let blocking = |count: usize, most: usize, oldest: Option<Instant>| match count < most {
            true => None,
            false => oldest,
        };
        let blocks = [
            blocking(own.clone().count(), MAX_OF_AN_ACCOUNT, own.clone().next()),
            blocking(all.clone().count(), MAX_OF_ALL, all.clone().next()),
        ];
        if let Some(last) = blocks.into_iter().flatten().max() {
            return Err(WINDOW.saturating_sub(now.duration_since(last)));
        }
        done.push_back((now, account_id));
        Ok(())
    }

    fn done(&self) -> MutexGuard<'_, VecDeque<(Instant, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_share_and_all_together_have_theirs() {
        let rate = Rate::default();
        let now = Instant::now();
        for _ in 0..MAX_OF_AN_ACCOUNT {
            assert_eq!(rate.take_at(1, now), Ok(()));
        }
        assert_eq!(rate.take_at(1, now + WINDOW / 2), Err(WINDOW / 2));
        for id in [2, 3] {
            for _ in 0..MAX_OF_AN_ACCOUNT {
                assert_eq!(rate.take_at(id, now + WINDOW / 4), Ok(()));
            }
        }
        assert!(rate.take_at(4, now + WINDOW / 2).is_err());
        assert_eq!(rate.take_at(1, now + WINDOW), Ok(()));
    }
}
