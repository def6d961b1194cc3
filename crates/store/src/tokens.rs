//! API tokens, with which scripts sign in as an account.

use crate::{Result, SessionKey, User};
use async_trait::async_trait;

/// The maximum number of tokens of an account. It stops a script that creates one at each run.
pub const MAX_TOKENS: u32 = 100;

/// Scope of a token, within the rights of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAccess {
    /// Reads only.
    Read,
    /// All rights of the account.
    Full,
}

impl TokenAccess {
    /// The word in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Full => "full",
        }
    }

    /// Parses the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Read, Self::Full]
            .into_iter()
            .find(|access| access.as_str() == word)
    }
}

/// A token in its owner's list. The token itself is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number, never used again.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its scope.
    pub access: TokenAccess,
    /// When it was made, in Unix milliseconds.
    pub created_ms: i64,
    /// When it was last used, in Unix milliseconds, to the minute.
    pub used_ms: Option<i64>,
}

/// A token to create.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its account, as it signed in.
    pub user: User,
    /// Its name.
    pub name: String,
    /// Its scope.
    pub access: TokenAccess,
}

/// A token with the current account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    /// Its account.
    pub user: User,
    /// Its name.
    pub name: String,
    /// The scope of the token.
    pub access: TokenAccess,
    /// When it was last used, in Unix milliseconds, to the minute.
    pub used_ms: Option<i64>,
}

/// API tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The tokens of an account, by name.
    async fn tokens_of(&self, user_id: i64) -> Result<Vec<Token>>;

    /// Adds a token under a key. Returns its number, or `None` if the account's password changed since it signed in.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`], or [`crate::Error::TooManyTokens`].
    async fn add_token(
        &self,
        token: &NewToken,
        key: &SessionKey,
        now_ms: i64,
    ) -> Result<Option<i64>>;

    /// The token of a key, with its account.
    async fn token_holder(&self, key: &SessionKey) -> Result<Option<TokenHolder>>;

    /// Stores that a token was used.
    async fn touch_token(&self, key: &SessionKey, now_ms: i64) -> Result<()>;

    /// Revokes a token of an account. Returns its name, or `None` if the account has no such token.
    async fn revoke_token(&self, user_id: i64, id: i64) -> Result<Option<String>>;
}
