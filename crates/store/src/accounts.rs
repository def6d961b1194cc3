//! Accounts and their sessions.

use crate::Result;
use async_trait::async_trait;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
    /// See everything, change nothing but the own password.
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

    /// The role of that word.
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
    /// Whether its password is the one that everybody knows.
    pub default_password: bool,
    /// When it was made, as the database says it (UTC).
    pub created_at: String,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name it signs in with.
    pub username: String,
    /// An argon2id PHC string.
    pub password_hash: String,
    /// What it may do.
    pub role: Role,
    /// Whether its password is the one that everybody knows.
    pub default_password: bool,
}

/// What a session is stored under: an HMAC of the id that the browser holds, never the id itself.
pub type SessionKey = [u8; 32];

/// Whence somebody signed in, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// The address of the other end.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub browser: Option<String>,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// What it is stored under.
    pub key: SessionKey,
    /// When it began, in Unix milliseconds.
    pub created_ms: i64,
    /// When it was last used, in Unix milliseconds; kept to the minute.
    pub used_ms: i64,
    /// Whence it was begun.
    pub client: ClientInfo,
}

/// A session, with the account as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its account.
    pub user: User,
    /// When it began, in Unix milliseconds.
    pub created_ms: i64,
    /// When it was last used, in Unix milliseconds; kept to the minute.
    pub used_ms: i64,
}

/// Accounts and their sessions.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// All accounts, by name.
    async fn users(&self) -> Result<Vec<User>>;

    /// The account of that name, compared exactly.
    async fn user_named(&self, username: &str) -> Result<Option<User>>;

    /// Makes an account.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn add_user(&self, user: &NewUser) -> Result<i64>;

    /// Makes the first account, in one step that only one of several servers can win: nothing happens,
    /// and the answer is false, where there is any account.
    async fn add_first_user(&self, user: &NewUser) -> Result<bool>;

    /// When each account was last used by a session or a token that is still there, in Unix milliseconds,
    /// by the account's number.
    async fn last_uses(&self) -> Result<Vec<(i64, i64)>>;

    /// Sets a password hash and ends all sessions of the account, in one transaction; `keep` is a
    /// session that lives on under a new key. Without one somebody else sets the password, and the
    /// account's tokens are revoked too. False where the account is gone.
    async fn set_password(
        &self,
        user_id: i64,
        password_hash: &str,
        default_password: bool,
        keep: Option<(SessionKey, SessionKey)>,
    ) -> Result<bool>;

    /// Replaces the hash of an unchanged password where it is still `old_hash`; sessions live on.
    async fn rehash_password(
        &self,
        user_id: i64,
        old_hash: &str,
        new_hash: &str,
        default_password: bool,
    ) -> Result<()>;

    /// Gives an account another role. False where it is gone.
    ///
    /// # Errors
    /// [`crate::Error::LastAdministrator`].
    async fn set_role(&self, user_id: i64, role: Role) -> Result<bool>;

    /// Removes an account and its sessions. False where it is gone.
    ///
    /// # Errors
    /// [`crate::Error::LastAdministrator`].
    async fn remove_user(&self, user_id: i64) -> Result<bool>;

    /// Begins a session of an account, as far as its password is still the one that was checked: nobody comes
    /// in with a password that was changed while it was checked. False where it is not.
    async fn open_session(
        &self,
        key: &SessionKey,
        user: &User,
        client: &ClientInfo,
        now_ms: i64,
    ) -> Result<bool>;

    /// The sessions of an account that were used at `used_after_ms` or later, the last used one first.
    async fn sessions_of(&self, user_id: i64, used_after_ms: i64) -> Result<Vec<OpenSession>>;

    /// Ends all sessions of an account but one.
    async fn end_other_sessions(&self, user_id: i64, keep: &SessionKey) -> Result<()>;

    /// The session under a key, used at `used_after_ms` or later.
    async fn session(&self, key: &SessionKey, used_after_ms: i64) -> Result<Option<Session>>;

    /// Notes that a session was used.
    async fn touch_session(&self, key: &SessionKey, now_ms: i64) -> Result<()>;

    /// Ends a session.
    async fn end_session(&self, key: &SessionKey) -> Result<()>;

    /// Ends all sessions that were last used before a moment.
    async fn end_idle_sessions(&self, used_before_ms: i64) -> Result<()>;
}
