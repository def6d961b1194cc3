//! A kernel timer, as a file that becomes readable when it expires (Linux).

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A timer of the kernel (timerfd).
pub struct Timer(AsyncFd<OwnedFd>);

impl Timer {
    /// # Errors
    /// If the system does not provide one.
    #[expect(
        deprecated,
        reason = "unsound only if the descriptor can be replaced, which an OwnedFd never is; the replacement is unsafe"
    )]
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        AsyncFd::with_interest(timer, Interest::READABLE).map(Self)
    }

    /// Waits this long.
    ///
    /// # Errors
    /// If the system refuses.
    pub async fn wait(&self, duration: Duration) -> io::Result<()> {
        // A timer that is set to 0 never expires.
        let wanted = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec::try_from(duration.max(Duration::from_nanos(1)))
                .map_err(|_| io::ErrorKind::InvalidInput)?,
        };
        timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &wanted)?;
        loop {
            let mut ready = self.0.readable().await?;
            let read = ready.try_io(|timer| Ok(rustix::io::read(timer, &mut [0; 8])?));
            // The readiness may belong to an earlier wait.
            if let Ok(read) = read {
                return read.map(drop);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const WAIT: Duration = Duration::from_millis(150);

    /// How often this thread has gone to sleep, and so has woken up.
    fn sleeps() -> u64 {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let mut lines = status.lines();
        let count = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.unwrap().trim().parse().unwrap()
    }

    #[tokio::test]
    async fn a_wait_wakes_up_once() {
        let timer = Timer::new().unwrap();
        timer.wait(Duration::ZERO).await.unwrap();
        let (began, before) = (Instant::now(), sleeps());
        for _ in 0..10 {
            timer.wait(WAIT).await.unwrap();
        }
        let count = sleeps() - before;
        assert!(began.elapsed() >= WAIT * 10);
        // A timer wheel wakes up twice for each.
        assert!((10..15).contains(&count), "{count}");
    }

    #[tokio::test]
    async fn a_dropped_wait_has_no_effect() {
        let timer = Timer::new().unwrap();
        let short = Duration::from_millis(1);
        for _ in 0..20 {
            let _ = tokio::time::timeout(short, timer.wait(short)).await;
        }
        let began = Instant::now();
        timer.wait(WAIT).await.unwrap();
        assert!(began.elapsed() >= WAIT);
    }
}
