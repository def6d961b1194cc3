//! Names of series that have no column, and their numbers.

use sqlx::{Row, SqliteConnection, sqlite::SqlitePool};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The known names. Names are only ever added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<String, i64>,
    names: HashMap<i64, Arc<str>>,
}

impl Names {
    /// The number of a name, if it was sealed before.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.read().numbers.get(name).copied()
    }

    /// The name of a number.
    pub(crate) fn name(&self, number: i64) -> Option<Arc<str>> {
        self.read().names.get(&number).cloned()
    }

    /// Reads all names.
    pub(crate) async fn reload(&self, readers: &SqlitePool) -> sqlx::Result<()> {
        let rows = sqlx::query("SELECT id, name FROM series WHERE name <> ''")
            .fetch_all(readers)
            .await?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let (number, name): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
            known.names.insert(number, name.as_str().into());
            known.numbers.insert(name, number);
        }
        Ok(())
    }

    /// Assigns a number to a name that has none. Other readers see it after the commit and a reload.
    pub(crate) async fn insert_name(
        connection: &mut SqliteConnection,
        name: &str,
    ) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO series (name) VALUES (?) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .execute(connection)
            .await?;
        Ok(())
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
