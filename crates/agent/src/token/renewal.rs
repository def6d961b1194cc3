//! Replaces a token. The old one stays valid until the new one is used, for at most a day.
//!
//! The old token is stored in a file of its own next to the token file, with the time of the renewal. A running
//! agent notices the change of the token file and loads both.

use super::{Token, TokenError, file};
use crate::files::write_private_like;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How long the old token stays valid if nobody uses the new one.
const GRACE: Duration = Duration::from_secs(24 * 3600);
/// Minimum time between two checks of the file: in general, and after a wrong token.
const CHECK_INTERVAL: Duration = Duration::from_secs(60);
const RECHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The token that a client showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenMatch {
    /// The current token.
    Current,
    /// The old token, which is valid because the new one has not been used yet.
    Old,
}

/// The tokens that are valid now.
pub struct Tokens {
    path: Option<PathBuf>,
    state: Mutex<State>,
}

struct State {
    current: Token,
    old: Option<Old>,
    /// When the token file was last modified, if known.
    changed: Option<SystemTime>,
    checked: Instant,
}

struct Old {
    token: Token,
    renewed: SystemTime,
}

impl From<Token> for Tokens {
    /// A single token that never changes.
    fn from(token: Token) -> Self {
        Self::new(token, None)
    }
}

impl Tokens {
    /// This token, and later changes of its file.
    #[must_use]
    pub fn watching_file(token: Token, path: &Path) -> Self {
        Self::new(token, Some(path.to_owned()))
    }

    fn new(current: Token, path: Option<PathBuf>) -> Self {
        let state = State {
            current,
            old: path.as_deref().and_then(Old::read),
            changed: path.as_deref().and_then(modified),
            checked: Instant::now(),
        };
        Self {
            path,
            state: Mutex::new(state),
        }
    }

    /// Which token this is, if it is valid.
    pub fn match_token(&self, claimed: &[u8]) -> Option<TokenMatch> {
        let mut state = self.state();
        self.reload_if_changed(&mut state, CHECK_INTERVAL);
        let matched = state.match_token(claimed).or_else(|| {
            self.reload_if_changed(&mut state, RECHECK_INTERVAL);
            state.match_token(claimed)
        });
        if matched == Some(TokenMatch::Current) && state.old.take().is_some() {
            self.forget_old();
        }
        matched
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads what `muster-agent token --new` wrote.
    fn reload_if_changed(&self, state: &mut State, every: Duration) {
        let Some(path) = self.path.as_deref() else {
            return;
        };
        if state.checked.elapsed() < every {
            return;
        }
        state.checked = Instant::now();
        let now = modified(path);
        if now.is_none() || now == state.changed {
            return;
        }
        // A file that is being written or cannot be read changes nothing.
        if let Ok(Some(token)) = file::read_token(path) {
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
                "muster-agent: cannot delete the old token in {}: {error}; delete it, or it becomes valid again if the agent restarts within a day of the renewal",
                old.display()
            );
        }
    }
}

impl State {
    /// The duration reveals at most whether there is an old token.
    fn match_token(&self, claimed: &[u8]) -> Option<TokenMatch> {
        if self.current.matches(claimed) {
            return Some(TokenMatch::Current);
        }
        let old = self.old.as_ref()?;
        (old.token.matches(claimed) && old.is_valid()).then_some(TokenMatch::Old)
    }
}

impl Old {
    /// Reads `TOKEN SECONDS`, with the seconds since 1970.
    fn read(path: &Path) -> Option<Self> {
        let text = file::read_file(&old_path(path)).ok()??;
        let mut words = text.split(u8::is_ascii_whitespace);
        let token = Token::new(words.next()?)?;
        let seconds = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
        let renewed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        let old = Self { token, renewed };
        old.is_valid().then_some(old)
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

    /// A renewal in the future is not valid: setting the clock back must not extend the day.
    fn is_valid(&self) -> bool {
        self.renewed.elapsed().is_ok_and(|age| age < GRACE)
    }
}

/// Writes a new token to the file. If the previous renewal was not used yet, the token before it stays valid,
/// because that is what servers know.
///
/// # Errors
/// A [`TokenError`].
pub fn renew_token(path: &Path) -> Result<Token, TokenError> {
    let known = file::read_token(path)?;
    if let (None, Some(text)) = (&known, file::read_file(path)?) {
        file::set_aside(path, &text)?;
    }
    if let (Some(token), None) = (known, Old::read(path)) {
        let renewed = SystemTime::now();
        Old { token, renewed }.write(path)?;
    }
    file::create_token(path)
}

/// Returns `client_token.old` for `client_token.txt`.
fn old_path(path: &Path) -> PathBuf {
    let old = path.with_extension("old");
    if old == path {
        path.with_extension("old.old")
    } else {
        old
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests;
