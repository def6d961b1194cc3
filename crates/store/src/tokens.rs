//! API tokens: what scripts sign in with, in the name of an account.

use crate::{Result, SessionKey, User};
use async_trait::async_trait;

/// Tokens of an account, at most: more would be a script that makes one at each run.
pub const MAX_TOKENS: u32 = 100;

/// What a token may do of that which its account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAccess {
    /// Look.
    Read,
    /// Everything.
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

    /// The access of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Read, Self::Full]
            .into_iter()
            .find(|access| access.as_str() == word)
    }
}

/// A token as its owner sees it in a list. The token itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number, never given twice.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub access: TokenAccess,
    /// When it was made, in Unix milliseconds.
    pub created_ms: i64,
    /// When it was last used, in Unix milliseconds; kept to the minute.
    pub used_ms: Option<i64>,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its account, as it signed in.
    pub user: User,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub access: TokenAccess,
}

/// Who signs in with a token: the account as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    /// Its account.
    pub user: User,
    /// What its owner calls it.
    pub name: String,
    /// What the token may do.
    pub access: TokenAccess,
    /// When it was last used, in Unix milliseconds; kept to the minute.
    pub used_ms: Option<i64>,
}

/// API tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The tokens of an account, by name.
    async fn tokens_of(&self, user_id: i64) -> Result<Vec<Token>>;

    /// Makes a token that is stored under that key; the answer is its number, or `None` where the account's
    /// password was changed since it signed in.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`], or [`crate::Error::TooManyTokens`].
    async fn add_token(
        &self,
        token: &NewToken,
        key: &SessionKey,
        now_ms: i64,
    ) -> Result<Option<i64>>;

    /// Who holds the token under a key.
    async fn token_holder(&self, key: &SessionKey) -> Result<Option<TokenHolder>>;

    /// Notes that a token was used.
    async fn touch_token(&self, key: &SessionKey, now_ms: i64) -> Result<()>;

    /// Revokes a token of an account, and answers its name; `None` where it has none of that number.
    async fn revoke_token(&self, user_id: i64, id: i64) -> Result<Option<String>>;
}
