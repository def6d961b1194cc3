//! The small lines of many computers: one column of each, out of one statement.

use super::row;
use crate::LinesQuery;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::BTreeMap;

/// A seek in the index for each computer of the list, which comes as one JSON array: the statement is the
/// same text however many they are. Averages are made here and not by us, so that no more comes out than is
/// shown, however often computers are called. Only the name of a column, a constant of this program, stands
/// in the text.
pub(super) fn statement(column: &'static str) -> String {
    format!(
        "SELECT computer_id, (timestamp_ms - ?2) / ?4, avg({column}) FROM stats \
         WHERE computer_id IN (SELECT value FROM json_each(?1)) \
           AND timestamp_ms >= ?2 AND timestamp_ms < ?3 AND typeof({column}) IN ('real', 'integer') \
         GROUP BY 1, 2"
    )
}

pub(super) async fn lines(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
) -> sqlx::Result<BTreeMap<i64, Vec<Option<f64>>>> {
    let step_ms = query.step_ms.max(1);
    let empty = || vec![None; query.steps as usize];
    let ids = query.computer_ids.iter();
    let mut lines: BTreeMap<i64, Vec<Option<f64>>> = ids.map(|&id| (id, empty())).collect();
    let mut rows = sqlx::query(AssertSqlSafe(statement(query.column)))
        .bind(serde_json::json!(query.computer_ids).to_string())
        .bind(query.from_ms)
        .bind(
            query
                .from_ms
                .saturating_add(step_ms.saturating_mul(query.steps.into())),
        )
        .bind(step_ms)
        .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let line = row::integer(&row, 0).and_then(|id| lines.get_mut(&id));
        let step = row::integer(&row, 1).and_then(|step| usize::try_from(step).ok());
        if let Some(value) = line.zip(step).and_then(|(line, step)| line.get_mut(step)) {
            *value = row::real(&row, 2);
        }
    }
    Ok(lines)
}
