//! Questions whose answer may take for ever: each is asked on a thread of its own.
//!
//! A reading carries what was found when the one before asked. What hangs is asked once and then left
//! alone. The thread waits for the next question without waking.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A value older than this is not told any more.
const STALE: Duration = Duration::from_secs(120);

/// How long a reading waits, all in all, for values of which it has none to tell yet.
const PATIENCE: Duration = Duration::from_millis(20);

/// A thread that knows how to ask one question.
pub struct Asker<T> {
    questions: SyncSender<()>,
    answer: Arc<Answer<T>>,
}

struct Answer<T> {
    state: Mutex<State<T>>,
    came: Condvar,
}

struct State<T> {
    asked: bool,
    /// Whether the open question has been waited for in vain: once is enough.
    given_up: bool,
    value: Option<(Instant, T)>,
}

/// The time that one reading may still spend waiting.
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(PATIENCE)
    }
}

impl<T: Clone + Send + 'static> Asker<T> {
    /// Starts the thread. It ends, and drops `ask`, when the asker is dropped and no question is open.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn new(
        stack_bytes: usize,
        mut ask: impl FnMut() -> Option<T> + Send + 'static,
    ) -> io::Result<Self> {
        let (questions, asked) = sync_channel(1);
        let state = Mutex::new(State {
            asked: false,
            given_up: false,
            value: None,
        });
        let answer = Arc::new(Answer {
            state,
            came: Condvar::new(),
        });
        let answers = Arc::clone(&answer);
        std::thread::Builder::new()
            .stack_size(stack_bytes)
            .spawn(move || answer_all(&asked, &answers, &mut ask))?;
        Ok(Self { questions, answer })
    }

    /// Asks, unless an answer is still owed.
    pub fn ask(&self) {
        let mut state = self.answer.lock();
        if !state.asked && self.questions.try_send(()).is_ok() {
            state.asked = true;
            state.given_up = false;
        }
    }

    /// What was answered lately. Where there is nothing lately, waits for the open question, once, and no
    /// longer than what is left of `patience`.
    pub fn value(&self, patience: &mut Patience) -> Option<T> {
        let mut state = self.answer.lock();
        if !state.is_fresh() && !state.given_up {
            let began = Instant::now();
            let came = &self.answer.came;
            let waited = came.wait_timeout_while(state, patience.0, |state| state.asked);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.given_up = state.asked;
            patience.0 = patience.0.saturating_sub(began.elapsed());
        }
        let value = state.value.as_ref().map(|(_, value)| value.clone());
        value.filter(|_| state.is_fresh())
    }
}

fn answer_all<T>(asked: &Receiver<()>, answer: &Answer<T>, ask: &mut dyn FnMut() -> Option<T>) {
    while asked.recv().is_ok() {
        let value = ask();
        let mut state = answer.lock();
        state.value = value.map(|value| (Instant::now(), value));
        state.asked = false;
        answer.came.notify_all();
    }
}

impl<T> Answer<T> {
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
    const LONG: Patience = Patience(Duration::from_secs(10));

    #[test]
    fn an_answer_is_waited_for_once_and_told_from_then_on() {
        let mut count = 0;
        let asker = Asker::new(STACK_BYTES, move || {
            count += 1;
            Some(count)
        });
        let asker = asker.unwrap();
        assert_eq!(asker.value(&mut { LONG }), None, "nothing was asked");
        asker.ask();
        assert_eq!(asker.value(&mut { LONG }), Some(1));
        assert_eq!(asker.value(&mut Patience(Duration::ZERO)), Some(1));
    }

    #[test]
    fn what_hangs_is_waited_for_once() {
        let (hold, held) = sync_channel::<()>(0);
        let asker = Asker::<u8>::new(STACK_BYTES, move || held.recv().ok().map(|()| 1)).unwrap();
        asker.ask();
        let mut patience = Patience(Duration::from_millis(20));
        assert_eq!(asker.value(&mut patience), None);
        assert_eq!(patience.0, Duration::ZERO);
        let began = Instant::now();
        assert_eq!(asker.value(&mut { LONG }), None);
        assert!(began.elapsed() < LONG.0 / 2, "it was waited for again");
        drop(hold);
    }

    #[test]
    fn what_cannot_be_answered_is_nothing() {
        let asker = Asker::<u8>::new(STACK_BYTES, || None).unwrap();
        asker.ask();
        assert_eq!(asker.value(&mut { LONG }), None);
    }
}
