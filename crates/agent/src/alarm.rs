//! A timer that wakes the agent up only once, at the end of the wait.
//!
//! Tokio keeps timers in a wheel: a wait of 30 s wakes the process three or four times on the way, to move the
//! timer from a coarse level to a finer one. A kernel timer does not.

#[cfg(target_os = "linux")]
mod timer;

use std::time::Duration;

/// A timer for one wait at a time.
pub struct Alarm {
    /// `None` if the system does not provide one.
    #[cfg(target_os = "linux")]
    timer: Option<timer::Timer>,
}

impl Alarm {
    /// Creates a timer for the current runtime.
    #[must_use]
    pub fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            timer: timer::Timer::new().ok(),
        }
    }

    /// Waits this long. A wait that was dropped before has no effect.
    pub async fn wait(&mut self, duration: Duration) {
        #[cfg(target_os = "linux")]
        if let Some(timer) = &self.timer
            && timer.wait(duration).await.is_ok()
        {
            return;
        }
        tokio::time::sleep(duration).await;
    }
}

impl Default for Alarm {
    fn default() -> Self {
        Self::new()
    }
}
