//! API tokens.

use super::{SqliteStore, accounts, failure, row};
use crate::{
    Error, MAX_TOKENS, NewToken, Result, SessionKey, Token, TokenAccess, TokenHolder, Tokens,
};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

pub(super) const HOLDER: &str = "SELECT u.id, u.username, u.password_hash, u.role, u.default_password, u.created_at, \
        t.access, t.used_ms, t.name \
    FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.key = ?";
pub(super) const TOUCH: &str =
    "UPDATE tokens SET used_ms = ?1 WHERE key = ?2 AND coalesce(used_ms, 0) <= ?3";
pub(super) const COUNT: &str = "SELECT count(*) FROM tokens WHERE user_id = ?";

#[async_trait]
impl Tokens for SqliteStore {
    async fn tokens_of(&self, user_id: i64) -> Result<Vec<Token>> {
        let rows = sqlx::query(
            "SELECT id, name, access, created_ms, used_ms FROM tokens \
             WHERE user_id = ? ORDER BY name",
        )
        .bind(user_id)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.iter().map(token).collect())
    }

    async fn add_token(
        &self,
        token: &NewToken,
        key: &SessionKey,
        now_ms: i64,
    ) -> Result<Option<i64>> {
        let added = sqlx::query(
            "INSERT INTO tokens (user_id, name, key, access, created_ms) \
             SELECT id, ?2, ?3, ?4, ?5 FROM users WHERE id = ?1 AND password_hash = ?6 \
                AND (SELECT count(*) FROM tokens WHERE user_id = ?1) < ?7",
        )
        .bind(token.user.id)
        .bind(&token.name)
        .bind(key.as_slice())
        .bind(token.access.as_str())
        .bind(now_ms)
        .bind(&token.user.password_hash)
        .bind(MAX_TOKENS)
        .execute(&self.writer)
        .await;
        let added = failure::name_taken(added, &token.name)?;
        if added.rows_affected() == 0 {
            self.refuse_too_many(token.user.id).await?;
            return Ok(None);
        }
        Ok(Some(added.last_insert_rowid()))
    }

    async fn token_holder(&self, key: &SessionKey) -> Result<Option<TokenHolder>> {
        let found = sqlx::query(HOLDER)
            .bind(key.as_slice())
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.map(|found| TokenHolder {
            user: accounts::user(&found),
            access: access(&found, 6),
            used_ms: row::integer(&found, 7),
            name: row::text(&found, 8).unwrap_or_default(),
        }))
    }

    async fn touch_token(&self, key: &SessionKey, now_ms: i64) -> Result<()> {
        sqlx::query(TOUCH)
            .bind(now_ms)
            .bind(key.as_slice())
            .bind(now_ms.saturating_sub(accounts::TOUCH_MS))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn revoke_token(&self, user_id: i64, id: i64) -> Result<Option<String>> {
        let revoked = sqlx::query("DELETE FROM tokens WHERE id = ? AND user_id = ? RETURNING name")
            .bind(id)
            .bind(user_id)
            .fetch_optional(&self.writer)
            .await?;
        Ok(revoked.map(|revoked| row::text(&revoked, 0).unwrap_or_default()))
    }
}

impl SqliteStore {
    /// Explains why a token was not added. The INSERT itself counts, so that concurrent calls cannot exceed the
    /// limit.
    async fn refuse_too_many(&self, user_id: i64) -> Result<()> {
        let count: i64 = sqlx::query_scalar(COUNT)
            .bind(user_id)
            .fetch_one(&self.writer)
            .await?;
        if count >= i64::from(MAX_TOKENS) {
            return Err(Error::TooManyTokens(MAX_TOKENS));
        }
        Ok(())
    }
}

fn token(row: &SqliteRow) -> Token {
    Token {
        id: row::integer(row, 0).unwrap_or_default(),
        name: row::text(row, 1).unwrap_or_default(),
        access: access(row, 2),
        created_ms: row::integer(row, 3).unwrap_or_default(),
        used_ms: row::integer(row, 4),
    }
}

/// An unknown scope only allows reading.
fn access(row: &SqliteRow, column: usize) -> TokenAccess {
    let word = row::text(row, column);
    word.and_then(|word| TokenAccess::from_word(&word))
        .unwrap_or(TokenAccess::Read)
}
