//! Statements for many rows at once.
//!
//! Every statement costs a round trip to the connection's thread, which is more expensive than inserting a row. So each
//! statement carries up to 256 rows; the rest is divided by four each time, so that there are five statements to
//! prepare and not hundreds.

use sqlx::SqliteConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteQueryResult};
use std::sync::LazyLock;

/// A query with bound values.
pub(super) type Bound = Query<'static, sqlx::Sqlite, SqliteArguments>;

/// Numbers of rows of the statements.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// A statement in each of these sizes.
pub(super) struct Batch {
    texts: LazyLock<[String; SIZES.len()], Box<dyn FnOnce() -> [String; SIZES.len()] + Send>>,
}

impl Batch {
    /// A statement of `before`, placeholders for rows of `columns` values, and `after`. In the statement the values
    /// are called `column1`, `column2` and so on.
    pub(super) fn new(before: &'static str, columns: usize, after: &'static str) -> Self {
        let text = move |rows: usize| {
            let row = format!("({})", vec!["?"; columns].join(", "));
            format!("{before} (VALUES {}) {after}", vec![row; rows].join(", "))
        };
        Self {
            texts: LazyLock::new(Box::new(move || SIZES.map(text))),
        }
    }

    /// Runs the statement for all rows, in order. Returns the result of each execution with its rows.
    pub(super) async fn run<'r, T>(
        &'static self,
        connection: &mut SqliteConnection,
        mut rows: &'r [T],
        bind: impl Fn(Bound, &T) -> Bound,
    ) -> sqlx::Result<Vec<(SqliteQueryResult, &'r [T])>> {
        let mut done = Vec::new();
        for (size, text) in SIZES.into_iter().zip(self.texts.iter()) {
            while rows.len() >= size {
                let (now, later) = rows.split_at(size);
                let query = now.iter().fold(sqlx::query(text.as_str()), &bind);
                done.push((query.execute(&mut *connection).await?, now));
                rows = later;
            }
        }
        Ok(done)
    }
}
