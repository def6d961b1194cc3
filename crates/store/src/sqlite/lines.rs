//! The small lines of many computers: one column of each, out of one statement.

use super::row;
use crate::LinesQuery;
use futures_util::TryStreamExt;
use muster_history::Buckets;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::BTreeMap;

/// A seek in the index for each computer of the list, which comes as one JSON array: the statement is the
/// same text however many they are. Only the name of a column, a constant of this program, stands in it.
pub(super) fn statement(column: &'static str) -> String {
    format!(
        "SELECT computer_id, timestamp_ms, {column} FROM stats \
         WHERE computer_id IN (SELECT value FROM json_each(?1)) \
           AND timestamp_ms >= ?2 AND timestamp_ms < ?3"
    )
}

pub(super) async fn lines(
    connection: &mut SqliteConnection,
    query: &LinesQuery,
) -> sqlx::Result<BTreeMap<i64, Buckets>> {
    let empty = Buckets::new(query.from_ms, query.to_ms, query.points);
    let ids = query.computer_ids.iter();
    let mut lines: BTreeMap<i64, Buckets> = ids.map(|&id| (id, empty.clone())).collect();
    let mut rows = sqlx::query(AssertSqlSafe(statement(query.column)))
        .bind(serde_json::json!(query.computer_ids).to_string())
        .bind(query.from_ms)
        .bind(query.to_ms)
        .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let line = row::integer(&row, 0).and_then(|id| lines.get_mut(&id));
        let moment = row::integer(&row, 1).zip(row::real(&row, 2));
        if let Some((line, (moment_ms, value))) = line.zip(moment) {
            line.add(moment_ms, value);
        }
    }
    Ok(lines)
}
