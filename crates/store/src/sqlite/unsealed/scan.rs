//! The scan that finds all rows, and which of them are sealed.

use super::{Row, Rows};
use crate::sealed::{self, TIMES};
use crate::sqlite::damage::Damage;
use crate::sqlite::{failure, row};
use crate::{Error, Listed, Result, Wanted};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// Every row that has a moment, out of the index alone. What is no number is no moment.
pub(crate) const ROWS: &str = "SELECT id, computer_id, timestamp_ms FROM stats \
    WHERE typeof(timestamp_ms) IN ('integer', 'real') ORDER BY timestamp_ms";

/// All rows. Where the index is damaged, those before and those behind the damage.
pub(crate) async fn scan(connection: &mut SqliteConnection) -> sqlx::Result<Rows> {
    let mut rows = Rows::default();
    let Err(error) = read(connection, "", &mut rows).await else {
        return Ok(rows);
    };
    if !failure::is_corrupt(&error) {
        return Err(error);
    }
    tracing::error!(
        "{error}: rows whose index cannot be read are left out; `muster verify` says more"
    );
    match read(connection, " DESC", &mut rows).await {
        Err(error) if !failure::is_corrupt(&error) => Err(error),
        _ => Ok(rows),
    }
}

async fn read(connection: &mut SqliteConnection, order: &str, rows: &mut Rows) -> sqlx::Result<()> {
    let mut found = sqlx::query(AssertSqlSafe(format!("{ROWS}{order}"))).fetch(connection);
    while let Some(found) = found.try_next().await? {
        let row = row::integer(&found, 0).zip(row::integer(&found, 2));
        if let Some(((id, moment_ms), computer_id)) = row.zip(row::integer(&found, 1)) {
            rows.add(computer_id, Row { moment_ms, id });
        }
    }
    Ok(())
}

/// Marks the rows as sealed whose moments a sealed period holds. Rows are mostly newer than all that is
/// sealed: then nothing is decoded.
pub(super) async fn leave_out_sealed(
    connection: &mut SqliteConnection,
    rows: &mut Rows,
    damage: &Damage,
) -> Result<()> {
    let ends: Vec<_> = rows.all_ends().collect();
    for (computer_id, (first, last)) in ends {
        let span = (first.moment_ms, last.moment_ms.saturating_add(1));
        for listed in damage.list(connection, computer_id, span).await? {
            let within = rows.between(
                computer_id,
                listed.first_ms,
                listed.last_ms.saturating_add(1),
            );
            if !within.is_empty() {
                let sealed = sealed_of(connection, computer_id, &listed, within, damage).await?;
                rows.seal(computer_id, &sealed);
            }
        }
    }
    Ok(())
}

/// Which of these rows a period holds. What of it cannot be read is in no chart, and a row no double of it.
async fn sealed_of(
    connection: &mut SqliteConnection,
    computer_id: i64,
    listed: &Listed,
    mut rows: Vec<Row>,
    damage: &Damage,
) -> Result<Vec<Row>, Error> {
    let wanted = Wanted::Some(&[TIMES]);
    let periods = [*listed];
    let sets = damage.get(connection, computer_id, wanted, &periods);
    let (first_ms, end_ms) = (listed.first_ms, listed.last_ms.saturating_add(1));
    let mut times = Vec::new();
    for set in sets.await? {
        match sealed::moments(&set, first_ms, end_ms) {
            Ok(found) => times.extend(found),
            Err(error) => damage.note(computer_id, listed, &error),
        }
    }
    rows.retain(|row| times.binary_search(&row.moment_ms).is_ok());
    Ok(rows)
}
