//! Reads that may block forever, such as those of a network file system. Each runs on its own thread.
//!
//! A reading contains the value that the previous read found. A read that hangs is started once and then left
//! alone. The thread waits for the next request without waking up.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// An older value is not used any more.
const STALE: Duration = Duration::from_secs(120);

/// How long one reading may wait in total for values that are not there yet.
const WAIT_BUDGET: Duration = Duration::from_millis(20);

/// A thread that repeats one kind of read on request.
pub struct BackgroundReader<T> {
    requests: SyncSender<()>,
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    finished: Condvar,
}

struct State<T> {
    reading: bool,
    /// Whether a reader already timed out waiting for the current read; no other reader waits for it again.
    gave_up: bool,
    value: Option<(Instant, T)>,
}

/// The time that one reading may still spend waiting.
pub struct WaitBudget(pub Duration);

impl Default for WaitBudget {
    fn default() -> Self {
        Self(WAIT_BUDGET)
    }
}

impl<T: Clone + Send + 'static> BackgroundReader<T> {
    /// Starts the thread. It ends, and drops `read`, when the reader is dropped and no read is running.
    ///
    /// # Errors
    /// If the system cannot start a thread.
    pub fn new(
        stack_bytes: usize,
        mut read: impl FnMut() -> Option<T> + Send + 'static,
    ) -> io::Result<Self> {
        let (requests, received) = sync_channel(1);
        let state = Mutex::new(State {
            reading: false,
            gave_up: false,
            value: None,
        });
        let shared = Arc::new(Shared {
            state,
            finished: Condvar::new(),
        });
        let thread_shared = Arc::clone(&shared);
        std::thread::Builder::new()
            .stack_size(stack_bytes)
            .spawn(move || serve_requests(&received, &thread_shared, &mut read))?;
        Ok(Self { requests, shared })
    }

    /// Starts a read, unless one is still running.
    pub fn start_read(&self) {
        let mut state = self.shared.lock();
        if !state.reading && self.requests.try_send(()).is_ok() {
            state.reading = true;
            state.gave_up = false;
        }
    }

    /// The latest fresh value. If there is none, waits for the current read, once, and at most for the rest of
    /// the budget.
    pub fn latest_value(&self, budget: &mut WaitBudget) -> Option<T> {
        let mut state = self.shared.lock();
        if !state.is_fresh() && !state.gave_up {
            let began = Instant::now();
            let finished = &self.shared.finished;
            let waited = finished.wait_timeout_while(state, budget.0, |state| state.reading);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.gave_up = state.reading;
            budget.0 = budget.0.saturating_sub(began.elapsed());
        }
        let value = state.value.as_ref().map(|(_, value)| value.clone());
        value.filter(|_| state.is_fresh())
    }
}

fn serve_requests<T>(
    requests: &Receiver<()>,
    shared: &Shared<T>,
    read: &mut dyn FnMut() -> Option<T>,
) {
    while requests.recv().is_ok() {
        let value = read();
        let mut state = shared.lock();
        state.value = value.map(|value| (Instant::now(), value));
        state.reading = false;
        shared.finished.notify_all();
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn is_fresh(&self) -> bool {
        self.value
            .as_ref()
            .is_some_and(|(then, _)| then.elapsed() <= STALE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK_BYTES: usize = 128 << 10;
    const LONG: WaitBudget = WaitBudget(Duration::from_secs(10));

    #[test]
    fn a_value_is_waited_for_once_and_then_reused() {
        let mut count = 0;
        let reader = BackgroundReader::new(STACK_BYTES, move || {
            count += 1;
            Some(count)
        });
        let reader = reader.unwrap();
        assert_eq!(
            reader.latest_value(&mut { LONG }),
            None,
            "nothing was requested"
        );
        reader.start_read();
        assert_eq!(reader.latest_value(&mut { LONG }), Some(1));
        assert_eq!(
            reader.latest_value(&mut WaitBudget(Duration::ZERO)),
            Some(1)
        );
    }

    #[test]
    fn a_hanging_read_is_waited_for_once() {
        let (hold, held) = sync_channel::<()>(0);
        let reader =
            BackgroundReader::<u8>::new(STACK_BYTES, move || held.recv().ok().map(|()| 1)).unwrap();
        reader.start_read();
        let mut budget = WaitBudget(Duration::from_millis(20));
        assert_eq!(reader.latest_value(&mut budget), None);
        assert_eq!(budget.0, Duration::ZERO);
        let began = Instant::now();
        assert_eq!(reader.latest_value(&mut { LONG }), None);
        assert!(began.elapsed() < LONG.0 / 2, "it was waited for again");
        drop(hold);
    }

    #[test]
    fn a_failed_read_gives_no_value() {
        let reader = BackgroundReader::<u8>::new(STACK_BYTES, || None).unwrap();
        reader.start_read();
        assert_eq!(reader.latest_value(&mut { LONG }), None);
    }
}
