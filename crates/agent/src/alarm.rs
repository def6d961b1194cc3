//! A wait that wakes the agent up once, when it is over.
//!
//! A runtime keeps its timers in a wheel, and a wait of 30 s wakes it up three or four times on the way, to move
//! the timer from a coarse wheel to a finer one. The kernel's own timer does not.

#[cfg(target_os = "linux")]
mod timer;

use std::time::Duration;

/// Waits, one wait at a time.
pub struct Alarm {
    /// None where the system gives none.
    #[cfg(target_os = "linux")]
    timer: Option<timer::Timer>,
}

impl Alarm {
    /// One for this runtime.
    #[must_use]
    pub fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            timer: timer::Timer::new().ok(),
        }
    }

    /// Ready after so long; what was waited for before is forgotten.
    pub async fn after(&mut self, duration: Duration) {
        #[cfg(target_os = "linux")]
        if let Some(timer) = &self.timer
            && timer.after(duration).await.is_ok()
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
