//! Passwords: argon2id in a bounded pool, and SHA-256 hashes that were taken over from the Flask server.

use crate::people::text::is_invisible;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use thiserror::Error;
use tokio::sync::{Semaphore, oneshot};

/// Minimum length of a new password, in characters.
pub const MIN_PASSWORD: usize = 8;
/// Maximum length of a password, in bytes: the time to hash it grows with its length.
const MAX_PASSWORD: usize = 1024;
const MAX_USERNAME: usize = 64;
/// Hashes computed at the same time. Each takes 19 MiB and a core for some 30 ms; two do not disturb the roll.
const AT_ONCE: usize = 2;
/// Hashes that may wait. Further attempts are refused.
const MAX_WAITING: usize = 32;

/// Why a new password or a user name is rejected.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Too short.
    #[error("The new password must have at least 8 characters.")]
    Short,
    /// Too long.
    #[error("The new password must have at most 1,024 bytes.")]
    Long,
    /// The default password, which is publicly known.
    #[error("The new password must not be the default one.")]
    Default,
    /// Not a valid user name.
    #[error("A user name must have 1 to 64 visible characters.")]
    Username,
}

/// Too many passwords are waiting to be hashed.
#[derive(Debug, Error)]
#[error("Too many people are signing in at once. Try again in a few seconds.")]
pub struct Busy;

/// The result of checking a password.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Wrong, or there is no such account.
    Wrong,
    /// Right.
    Right,
    /// Right; replace the hash in the database by this better one.
    Rehash(String),
}

/// Checks a new password.
///
/// # Errors
/// It is too short, too long, or the default password.
pub fn check_new_password(password: &str) -> Result<(), PasswordError> {
    if password.chars().count() < MIN_PASSWORD {
        return Err(PasswordError::Short);
    }
    if password.len() > MAX_PASSWORD {
        return Err(PasswordError::Long);
    }
    if password == super::DEFAULT_PASSWORD {
        return Err(PasswordError::Default);
    }
    Ok(())
}

/// Trims and checks a user name.
///
/// # Errors
/// It is empty, too long, or has an invisible character.
pub fn clean_username(username: &str) -> Result<String, PasswordError> {
    let username = username.trim();
    let length_fits = (1..=MAX_USERNAME).contains(&username.chars().count());
    if length_fits && !username.chars().any(is_invisible) {
        Ok(username.to_owned())
    } else {
        Err(PasswordError::Username)
    }
}

/// Hashes and checks passwords on separate threads, [`AT_ONCE`] at a time.
#[derive(Clone)]
pub struct Passwords {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Checked if there is no account, so that it takes the same time.
    nobody: Arc<str>,
}

impl Passwords {
    /// Creates the pool.
    ///
    /// # Errors
    /// The system provides no random bytes.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            working: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
            nobody: hash_now("nobody")?.into(),
        })
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// [`Busy`], or the system provides no random bytes.
    pub async fn hash(&self, password: String) -> anyhow::Result<String> {
        self.run(move || hash_now(&password)).await?
    }

    /// Checks a password against the hash of an account; `None` if there is no such account.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn verify(&self, password: String, hash: Option<String>) -> anyhow::Result<Verdict> {
        let nobody = self.nobody.clone();
        self.run(move || verify_now(&password, hash.as_deref(), &nobody))
            .await
    }

    /// Uses a new thread each time: the 19 MiB of a hash stay in the heap of its thread, so threads of the blocking
    /// pool would each come to hold that much.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| Busy)?;
        let turn = self.working.clone().acquire_owned().await?;
        let (done, result) = oneshot::channel();
        let thread = std::thread::Builder::new().name("password".to_owned());
        thread.spawn(move || {
            let _held = (place, turn);
            // The client may have disconnected.
            let _ = done.send(work());
        })?;
        Ok(result.await?)
    }
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    let hash = hash.map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))?;
    Ok(hash.to_string())
}

fn verify_now(password: &str, hash: Option<&str>, nobody: &str) -> Verdict {
    if password.len() > MAX_PASSWORD {
        return Verdict::Wrong;
    }
    match hash {
        Some(hash) if is_sha256(hash) => verify_sha256(password, hash, nobody),
        Some(hash) if PasswordHash::new(hash).is_ok() => {
            if verify_argon2(password, hash) {
                Verdict::Right
            } else {
                Verdict::Wrong
            }
        }
        // There is no account, or its hash is invalid.
        Some(_) | None => {
            verify_argon2(password, nobody);
            Verdict::Wrong
        }
    }
}

/// A hash of the Flask server. The check takes as long as any other, whatever its result.
fn verify_sha256(password: &str, hash: &str, nobody: &str) -> Verdict {
    let given = sha256_hex(password);
    if bool::from(given.as_bytes().ct_eq(hash.to_ascii_lowercase().as_bytes()))
        && let Ok(better) = hash_now(password)
    {
        return Verdict::Rehash(better);
    }
    verify_argon2(password, nobody);
    Verdict::Wrong
}

fn verify_argon2(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

fn is_sha256(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn sha256_hex(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN123: &str = "240be518fabd2724ddb6f04eeb1da5967448d7e831c08c8fa822809f74c720a9";

    #[tokio::test]
    async fn verifies_passwords() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let right = passwords
            .verify("correct horse".into(), Some(hash.clone()))
            .await
            .unwrap();
        let wrong = passwords
            .verify("wrong horse".into(), Some(hash))
            .await
            .unwrap();
        assert_eq!((right, wrong), (Verdict::Right, Verdict::Wrong));
        assert_eq!(
            passwords.verify("nobody".into(), None).await.unwrap(),
            Verdict::Wrong
        );
        assert_eq!(
            passwords
                .verify("x".into(), Some("junk".into()))
                .await
                .unwrap(),
            Verdict::Wrong
        );
    }

    #[tokio::test]
    async fn replaces_the_flask_servers_hash() {
        let passwords = Passwords::new().unwrap();
        let hash = Some(ADMIN123.to_owned());
        let Verdict::Rehash(better) = passwords
            .verify("admin123".into(), hash.clone())
            .await
            .unwrap()
        else {
            panic!("right, and to be rehashed");
        };
        assert_eq!(
            passwords
                .verify("admin123".into(), Some(better))
                .await
                .unwrap(),
            Verdict::Right
        );
        assert_eq!(
            passwords.verify("admin124".into(), hash).await.unwrap(),
            Verdict::Wrong
        );
    }

    #[test]
    fn refuses_weak_passwords() {
        assert_eq!(check_new_password("1234567"), Err(PasswordError::Short));
        assert_eq!(
            check_new_password(&"x".repeat(1025)),
            Err(PasswordError::Long)
        );
        assert_eq!(check_new_password("admin123"), Err(PasswordError::Default));
        assert_eq!(check_new_password("äöüäöüäö"), Ok(()));
        assert_eq!(clean_username(" a "), Ok("a".into()));
        assert_eq!(clean_username("a\nb"), Err(PasswordError::Username));
    }
}
