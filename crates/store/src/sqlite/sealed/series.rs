//! Numbers for the names of series, so that a chunk's key is small.

use crate::Sample;
use sqlx::{Row, SqliteConnection, sqlite::SqlitePool};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The moments of a day, which all its columns share.
pub(crate) const TIMES: i64 = 0;
/// The first column of `stats`; the others follow in their order.
const FIRST_COLUMN: i64 = 1;

/// The number of a column of `stats`.
pub(crate) fn column(index: usize) -> i64 {
    FIRST_COLUMN + index as i64
}

/// Which column of `stats` has that number.
pub(crate) fn column_index(series: i64) -> Option<usize> {
    let index = usize::try_from(series - FIRST_COLUMN).ok()?;
    (index < Sample::COLUMNS.len()).then_some(index)
}

/// Whether a name is that of a column of `stats`, and which.
pub(crate) fn is_column(name: &str) -> Option<usize> {
    Sample::COLUMNS.iter().position(|column| *column == name)
}

/// The names of further readings, as far as this process saw them. They are only ever added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<String, i64>,
    names: HashMap<i64, Arc<str>>,
}

impl Names {
    /// The number of a name that was sealed before, if it was.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.read().numbers.get(name).copied()
    }

    /// The name of a number.
    pub(crate) fn name(&self, number: i64) -> Option<Arc<str>> {
        self.read().names.get(&number).cloned()
    }

    /// Reads the names that other processes added.
    pub(crate) async fn refresh(&self, readers: &SqlitePool) -> sqlx::Result<()> {
        let rows = sqlx::query("SELECT id, name FROM series WHERE name <> ''")
            .fetch_all(readers)
            .await?;
        for row in rows {
            self.learn(row.try_get(0)?, row.try_get(1)?);
        }
        Ok(())
    }

    /// The number of a name, given to it now where it has none. What a transaction that is not committed
    /// gave is kept all the same: the next one asks the table, and only learns what it says.
    pub(crate) async fn give(
        &self,
        connection: &mut SqliteConnection,
        name: &str,
    ) -> sqlx::Result<i64> {
        sqlx::query("INSERT INTO series (name) VALUES (?) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .execute(&mut *connection)
            .await?;
        sqlx::query_scalar("SELECT id FROM series WHERE name = ?")
            .bind(name)
            .fetch_one(connection)
            .await
    }

    fn learn(&self, number: i64, name: String) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.names.insert(number, name.as_str().into());
        known.numbers.insert(name, number);
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
