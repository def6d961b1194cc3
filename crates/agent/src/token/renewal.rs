//! A new token in place of the old one, which is taken until the new one was used, and at most a day.
//!
//! The old token waits in a file of its own beside the token file, with the time of the renewal. A running
//! agent sees that the token file changed and takes up both.

use super::{Token, TokenError, file};
use crate::files::write_private_like;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// For so long the old token is taken where nobody uses the new one.
const GRACE: Duration = Duration::from_secs(24 * 3600);
/// How often the file is looked at while the right token is shown, and while a wrong one is.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Which token somebody showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The one that counts.
    Current,
    /// The one before it, since nobody has used the new one yet.
    Old,
}

/// The tokens that count now.
pub struct Tokens {
    path: Option<PathBuf>,
    state: Mutex<State>,
}

struct State {
    current: Token,
    old: Option<Old>,
    /// When the token file was last changed, as far as that is known.
    changed: Option<SystemTime>,
    looked: Instant,
}

struct Old {
    token: Token,
    renewed: SystemTime,
}

impl From<Token> for Tokens {
    /// One token for ever.
    fn from(token: Token) -> Self {
        Self::new(token, None)
    }
}

impl Tokens {
    /// This token, and what will be in its file.
    #[must_use]
    pub fn following(token: Token, path: &Path) -> Self {
        Self::new(token, Some(path.to_owned()))
    }

    fn new(current: Token, path: Option<PathBuf>) -> Self {
        let state = State {
            current,
            old: path.as_deref().and_then(Old::read),
            changed: path.as_deref().and_then(changed),
            looked: Instant::now(),
        };
        Self {
            path,
            state: Mutex::new(state),
        }
    }

    /// Which token this is, if it is one.
    pub fn shown(&self, claimed: &[u8]) -> Option<Shown> {
        let mut state = self.state();
        self.look(&mut state, LOOK_EVERY);
        let shown = state.shown(claimed).or_else(|| {
            self.look(&mut state, LOOK_AGAIN);
            state.shown(claimed)
        });
        if shown == Some(Shown::Current) && state.old.take().is_some() {
            self.forget_old();
        }
        shown
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what `muster-agent token --new` left.
    fn look(&self, state: &mut State, every: Duration) {
        let Some(path) = self.path.as_deref() else {
            return;
        };
        if state.looked.elapsed() < every {
            return;
        }
        state.looked = Instant::now();
        let now = changed(path);
        if now.is_none() || now == state.changed {
            return;
        }
        // A file that is being written, or cannot be read, changes nothing.
        if let Ok(Some(token)) = file::peek(path) {
            state.changed = now;
            state.current = token;
            state.old = Old::read(path);
        }
    }

    fn forget_old(&self) {
        let Some(path) = self.path.as_deref() else {
            return;
        };
        let old = old_path(path);
        if let Err(error) = fs::remove_file(&old) {
            eprintln!(
                "muster-agent: the new token was used, and the old one in {} cannot be deleted: {error}; delete it, or it counts again after a restart within a day of the renewal",
                old.display()
            );
        }
    }
}

impl State {
    /// How long it takes tells at most whether there is an old one.
    fn shown(&self, claimed: &[u8]) -> Option<Shown> {
        if self.current.is(claimed) {
            return Some(Shown::Current);
        }
        let old = self.old.as_ref()?;
        (old.token.is(claimed) && old.counts()).then_some(Shown::Old)
    }
}

impl Old {
    /// `TOKEN SECONDS`, the seconds since 1970.
    fn read(path: &Path) -> Option<Self> {
        let text = file::read(&old_path(path)).ok()??;
        let mut words = text.split(u8::is_ascii_whitespace);
        let token = Token::new(words.next()?)?;
        let seconds = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
        let renewed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        let old = Self { token, renewed };
        old.counts().then_some(old)
    }

    fn write(&self, path: &Path) -> Result<(), TokenError> {
        let since_1970 = self.renewed.duration_since(SystemTime::UNIX_EPOCH);
        let text = format!(
            "{} {}\n",
            self.token.text(),
            since_1970.unwrap_or_default().as_secs()
        );
        let (path, model) = (old_path(path), path);
        let written = write_private_like(&path, model, text.as_bytes());
        written.map_err(|source| TokenError::Write { path, source })
    }

    /// A renewal in the future is none: a clock that was set back must not make a day longer.
    fn counts(&self) -> bool {
        self.renewed.elapsed().is_ok_and(|age| age < GRACE)
    }
}

/// Puts a new token into the file. Where the last renewal was not used yet, the token before that one goes on
/// being taken: it is what servers know.
///
/// # Errors
/// A [`TokenError`].
pub fn renew(path: &Path) -> Result<Token, TokenError> {
    let known = file::peek(path)?;
    if let (None, Some(text)) = (&known, file::read(path)?) {
        file::set_aside(path, &text)?;
    }
    if let (Some(token), None) = (known, Old::read(path)) {
        let renewed = SystemTime::now();
        Old { token, renewed }.write(path)?;
    }
    file::create(path)
}

/// `client_token.old` beside `client_token.txt`.
fn old_path(path: &Path) -> PathBuf {
    let old = path.with_extension("old");
    match old == path {
        true => path.with_extension("old.old"),
        false => old,
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests;
