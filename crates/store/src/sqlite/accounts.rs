//! Accounts and their sessions.

use super::{SqliteStore, failure, row};
use crate::{
    Accounts, ClientInfo, Error, NewUser, OpenSession, Result, Role, Session, SessionKey, User,
};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// The use of a session is stored to the minute, so that not each request writes.
pub(super) const TOUCH_MS: i64 = 60_000;

pub(super) const SESSION: &str = "SELECT u.id, u.username, u.password_hash, u.role, u.default_password, u.created_at, \
        s.created_ms, s.used_ms \
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.key = ? AND s.used_ms >= ?";
pub(super) const SESSIONS_OF: &str = "SELECT key, created_ms, used_ms, address, browser FROM sessions \
    WHERE user_id = ? AND used_ms >= ? ORDER BY used_ms DESC, created_ms DESC";
pub(super) const TOUCH: &str = "UPDATE sessions SET used_ms = ? WHERE key = ? AND used_ms <= ?";
pub(super) const END_SESSION: &str = "DELETE FROM sessions WHERE key = ?";
pub(super) const END_IDLE: &str = "DELETE FROM sessions WHERE used_ms < ?";
pub(super) const END_OTHERS: &str = "DELETE FROM sessions WHERE user_id = ? AND key IS NOT ?";
pub(super) const REVOKE_TOKENS: &str = "DELETE FROM tokens WHERE user_id = ?";
pub(super) const REKEY: &str = "UPDATE sessions SET key = ? WHERE key = ? AND user_id = ?";

macro_rules! select_users {
    () => {
        "SELECT id, username, password_hash, role, default_password, created_at FROM users"
    };
}

#[async_trait]
impl Accounts for SqliteStore {
    async fn users(&self) -> Result<Vec<User>> {
        let rows = sqlx::query(concat!(select_users!(), " ORDER BY username"))
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.iter().map(user).collect())
    }

    async fn user_named(&self, username: &str) -> Result<Option<User>> {
        let row = sqlx::query(concat!(select_users!(), " WHERE username = ?"))
            .bind(username)
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.as_ref().map(user))
    }

    async fn add_user(&self, user: &NewUser) -> Result<i64> {
        let added = sqlx::query(
            "INSERT INTO users (username, password_hash, role, default_password) VALUES (?, ?, ?, ?)",
        )
        .bind(&user.username)
        .bind(&user.password_hash)
        .bind(user.role.as_str())
        .bind(user.default_password)
        .execute(&self.writer)
        .await;
        Ok(failure::name_taken(added, &user.username)?.last_insert_rowid())
    }

    async fn add_first_user(&self, user: &NewUser) -> Result<bool> {
        let added = sqlx::query(
            "INSERT INTO users (username, password_hash, role, default_password) \
             SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM users)",
        )
        .bind(&user.username)
        .bind(&user.password_hash)
        .bind(user.role.as_str())
        .bind(user.default_password)
        .execute(&self.writer)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    async fn last_uses(&self) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(
            "SELECT user_id, max(used_ms) FROM \
                (SELECT user_id, used_ms FROM sessions UNION ALL SELECT user_id, used_ms FROM tokens) \
             WHERE used_ms IS NOT NULL GROUP BY user_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let use_of = |row| Some((row::integer(row, 0)?, row::integer(row, 1)?));
        Ok(rows.iter().filter_map(use_of).collect())
    }

    async fn set_password(
        &self,
        user_id: i64,
        password_hash: &str,
        default_password: bool,
        keep: Option<(SessionKey, SessionKey)>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let set =
            sqlx::query("UPDATE users SET password_hash = ?, default_password = ? WHERE id = ?")
                .bind(password_hash)
                .bind(default_password)
                .bind(user_id)
                .execute(&mut *transaction)
                .await?;
        if keep.is_none() {
            sqlx::query(REVOKE_TOKENS)
                .bind(user_id)
                .execute(&mut *transaction)
                .await?;
        }
        end_sessions(&mut transaction, user_id, keep).await?;
        transaction.commit().await?;
        Ok(set.rows_affected() == 1)
    }

    async fn rehash_password(
        &self,
        user_id: i64,
        old_hash: &str,
        new_hash: &str,
        default_password: bool,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE users SET password_hash = ?, default_password = ? \
             WHERE id = ? AND password_hash = ?",
        )
        .bind(new_hash)
        .bind(default_password)
        .bind(user_id)
        .bind(old_hash)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn set_role(&self, user_id: i64, role: Role) -> Result<bool> {
        let mut transaction = self.begin().await?;
        if role != Role::Administrator {
            refuse_last_administrator(&mut transaction, user_id).await?;
        }
        let set = sqlx::query("UPDATE users SET role = ? WHERE id = ?")
            .bind(role.as_str())
            .bind(user_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(set.rows_affected() == 1)
    }

    async fn remove_user(&self, user_id: i64) -> Result<bool> {
        let mut transaction = self.begin().await?;
        refuse_last_administrator(&mut transaction, user_id).await?;
        let removed = sqlx::query("DELETE FROM users WHERE id = ?")
            .bind(user_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() == 1)
    }

    async fn open_session(
        &self,
        key: &SessionKey,
        user: &User,
        client: &ClientInfo,
        now_ms: i64,
    ) -> Result<bool> {
        let opened = sqlx::query(
            "INSERT INTO sessions (key, user_id, created_ms, used_ms, address, browser) \
             SELECT ?1, id, ?3, ?3, ?4, ?5 FROM users WHERE id = ?2 AND password_hash = ?6",
        )
        .bind(key.as_slice())
        .bind(user.id)
        .bind(now_ms)
        .bind(&client.address)
        .bind(&client.browser)
        .bind(&user.password_hash)
        .execute(&self.writer)
        .await?;
        Ok(opened.rows_affected() == 1)
    }

    async fn sessions_of(&self, user_id: i64, used_after_ms: i64) -> Result<Vec<OpenSession>> {
        let rows = sqlx::query(SESSIONS_OF)
            .bind(user_id)
            .bind(used_after_ms)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.iter().filter_map(open_session).collect())
    }

    async fn end_other_sessions(&self, user_id: i64, keep: &SessionKey) -> Result<()> {
        sqlx::query(END_OTHERS)
            .bind(user_id)
            .bind(keep.as_slice())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn session(&self, key: &SessionKey, used_after_ms: i64) -> Result<Option<Session>> {
        let found = sqlx::query(SESSION)
            .bind(key.as_slice())
            .bind(used_after_ms)
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.map(|found| Session {
            user: user(&found),
            created_ms: row::integer(&found, 6).unwrap_or_default(),
            used_ms: row::integer(&found, 7).unwrap_or_default(),
        }))
    }

    async fn touch_session(&self, key: &SessionKey, now_ms: i64) -> Result<()> {
        sqlx::query(TOUCH)
            .bind(now_ms)
            .bind(key.as_slice())
            .bind(now_ms.saturating_sub(TOUCH_MS))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn end_session(&self, key: &SessionKey) -> Result<()> {
        sqlx::query(END_SESSION)
            .bind(key.as_slice())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn end_idle_sessions(&self, used_before_ms: i64) -> Result<()> {
        sqlx::query(END_IDLE)
            .bind(used_before_ms)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// A session; `None` if the key is invalid.
fn open_session(row: &SqliteRow) -> Option<OpenSession> {
    let key: Vec<u8> = row.try_get(0).ok()?;
    Some(OpenSession {
        key: key.try_into().ok()?,
        created_ms: row::integer(row, 1).unwrap_or_default(),
        used_ms: row::integer(row, 2).unwrap_or_default(),
        client: ClientInfo {
            address: row::text(row, 3),
            browser: row::text(row, 4),
        },
    })
}

/// Ends all sessions of an account but one, which continues under a new key.
async fn end_sessions(
    connection: &mut SqliteConnection,
    user_id: i64,
    keep: Option<(SessionKey, SessionKey)>,
) -> Result<()> {
    let old_key = keep.map(|(old_key, _)| old_key.to_vec());
    sqlx::query(END_OTHERS)
        .bind(user_id)
        .bind(old_key)
        .execute(&mut *connection)
        .await?;
    if let Some((old_key, new_key)) = keep {
        sqlx::query(REKEY)
            .bind(new_key.as_slice())
            .bind(old_key.as_slice())
            .bind(user_id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Fails if the account is the only administrator. The caller holds the write lock, so that two administrators who
/// step down at once cannot both succeed.
async fn refuse_last_administrator(connection: &mut SqliteConnection, user_id: i64) -> Result<()> {
    let last: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND role = 'administrator') \
         AND NOT EXISTS (SELECT 1 FROM users WHERE id <> ?1 AND role = 'administrator')",
    )
    .bind(user_id)
    .fetch_one(connection)
    .await?;
    if last {
        return Err(Error::LastAdministrator);
    }
    Ok(())
}

/// An account from the first six columns of a row. An unknown role only gets read access.
pub(super) fn user(row: &SqliteRow) -> User {
    let role = row::text(row, 3).and_then(|word| Role::from_word(&word));
    User {
        id: row::integer(row, 0).unwrap_or_default(),
        username: row::text(row, 1).unwrap_or_default(),
        password_hash: row::text(row, 2).unwrap_or_default(),
        role: role.unwrap_or(Role::Viewer),
        default_password: row::integer(row, 4).is_some_and(|flag| flag != 0),
        created_at: row::text(row, 5).unwrap_or_default(),
    }
}
