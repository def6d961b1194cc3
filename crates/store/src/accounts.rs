//! Accounts and their sessions.

use crate::Result;
use async_trait::async_trait;

/// The rights of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
    /// Sees everything, changes nothing but its own password.
    Viewer,
}

impl Role {
    /// The word in the database, on the command line and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Viewer => "viewer",
        }
    }

    /// Parses the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Administrator, Self::Viewer]
            .into_iter()
            .find(|role| role.as_str() == word)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its number.
    pub id: i64,
    /// The name it signs in with.
    pub username: String,
    /// An argon2id PHC string, or 64 hex digits of SHA-256 from the Flask server.
    pub password_hash: String,
    /// What it may do.
    pub role: Role,
    /// Whether it still has the default password.
    pub default_password: bool,
    /// When it was created (UTC), in the database's format.
    pub created_at: String,
}

/// An account to create.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name it signs in with.
    pub username: String,
    /// An argon2id PHC string.
    pub password_hash: String,
    /// What it may do.
    pub role: Role,
    /// Whether it still has the default password.
    pub default_password: bool,
}

/// The key of a stored session: an HMAC of the id that the browser holds, never the id itself.
pub type SessionKey = [u8; 32];

/// Where somebody signed in from, if known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// The client's address.
    pub address: Option<String>,
    /// The browser's `User-Agent`.
    pub browser: Option<String>,
}

/// A session in its owner's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Its key.
    pub key: SessionKey,
    /// When it began, in Unix milliseconds.
    pub created_ms: i64,
    /// When it was last used, in Unix milliseconds, to the minute.
    pub used_ms: i64,
    /// The client that signed in.
    pub client: ClientInfo,
}

/// A session with the current account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its account.
    pub user: User,
    /// When it began, in Unix milliseconds.
    pub created_ms: i64,
    /// When it was last used, in Unix milliseconds, to the minute.
    pub used_ms: i64,
}

/// Accounts and their sessions.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// All accounts, by name.
    async fn users(&self) -> Result<Vec<User>>;

    /// The account of that name, compared exactly.
    async fn user_named(&self, username: &str) -> Result<Option<User>>;

    /// Adds an account.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn add_user(&self, user: &NewUser) -> Result<i64>;

    /// Adds the first account atomically. Returns false and does nothing if there is any account.
    async fn add_first_user(&self, user: &NewUser) -> Result<bool>;

    /// When each account was last used by a session or a token that still exists: its number and Unix milliseconds.
    async fn last_uses(&self) -> Result<Vec<(i64, i64)>>;

    /// Sets a password hash and ends all sessions of the account, in one transaction. `keep` is a session that
    /// continues under a new key. Without it, somebody else set the password, and the account's tokens are revoked
    /// too. Returns false if the account does not exist.
    async fn set_password(
        &self,
        user_id: i64,
        password_hash: &str,
        default_password: bool,
        keep: Option<(SessionKey, SessionKey)>,
    ) -> Result<bool>;

    /// Replaces the hash of an unchanged password if it is still `old_hash`; sessions continue.
    async fn rehash_password(
        &self,
        user_id: i64,
        old_hash: &str,
        new_hash: &str,
        default_password: bool,
    ) -> Result<()>;

    /// Changes the role of an account. Returns false if it does not exist.
    ///
    /// # Errors
    /// [`crate::Error::LastAdministrator`].
    async fn set_role(&self, user_id: i64, role: Role) -> Result<bool>;

    /// Removes an account and its sessions. Returns false if it does not exist.
    ///
    /// # Errors
    /// [`crate::Error::LastAdministrator`].
    async fn remove_user(&self, user_id: i64) -> Result<bool>;

    /// Opens a session if the account still has the password that was checked. Returns false otherwise.
    async fn open_session(
        &self,
        key: &SessionKey,
        user: &User,
        client: &ClientInfo,
        now_ms: i64,
    ) -> Result<bool>;

    /// The sessions of an account that were used at `used_after_ms` or later, the most recent first.
    async fn sessions_of(&self, user_id: i64, used_after_ms: i64) -> Result<Vec<OpenSession>>;

    /// Ends all sessions of an account but one.
    async fn end_other_sessions(&self, user_id: i64, keep: &SessionKey) -> Result<()>;

    /// The session of a key, if it was used at `used_after_ms` or later.
    async fn session(&self, key: &SessionKey, used_after_ms: i64) -> Result<Option<Session>>;

    /// Stores that a session was used.
    async fn touch_session(&self, key: &SessionKey, now_ms: i64) -> Result<()>;

    /// Ends a session.
    async fn end_session(&self, key: &SessionKey) -> Result<()>;

    /// Ends all sessions that were last used before a moment.
    async fn end_idle_sessions(&self, used_before_ms: i64) -> Result<()>;
}
