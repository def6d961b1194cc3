//! Converts the Flask server's rows without losing any.

use super::adopt::{DEFAULT_PASSWORD_SHA256, timestamp_as_ms};
use super::aside;
use super::inspect::columns;
use super::schema::{self, COLUMNS, FLASK, INDEXES, LATER};
use sqlx::{AssertSqlSafe, Executor, SqliteConnection};

/// The tables whose rows must all exist afterwards.
const TABLES: [&str; 4] = ["users", "computers", "stats", "processes"];

/// The Flask server sometimes ran two collectors. Rows of one computer that share a moment move to the next free
/// millisecond, in the order in which they were stored: the highest lead of any earlier row over its own number,
/// plus the number of this row.
const MOMENTS: &str = concat!(
    "UPDATE stats SET timestamp_ms = placed.ms FROM ( \
        SELECT id, number + max(ms - number) OVER (PARTITION BY computer_id ORDER BY number) AS ms \
        FROM (SELECT id, computer_id, ms, \
                row_number() OVER (PARTITION BY computer_id ORDER BY ms, id) AS number \
            FROM (SELECT id, computer_id, ",
    timestamp_as_ms!(),
    " AS ms FROM stats) WHERE ms IS NOT NULL)) AS placed \
    WHERE placed.id = stats.id"
);

/// The first release stored counters only. A rate is derived from two neighbours, unless they are too close or too
/// far apart, or a counter fell because the computer was restarted. The result is equal to the server's to the bit.
const RATES: &str = "UPDATE stats SET network_sent_per_sec = rate.sent, network_recv_per_sec = rate.recv \
    FROM (SELECT id, \
            CASE WHEN usable THEN (sent - sent_before) * 1000.0 / elapsed_ms END AS sent, \
            CASE WHEN usable THEN (recv - recv_before) * 1000.0 / elapsed_ms END AS recv \
        FROM (SELECT *, elapsed_ms BETWEEN 1000 AND 300000 \
                AND typeof(sent) = 'integer' AND typeof(sent_before) = 'integer' \
                AND typeof(recv) = 'integer' AND typeof(recv_before) = 'integer' \
                AND sent >= sent_before AND recv >= recv_before AS usable \
            FROM (SELECT id, network_bytes_sent AS sent, network_bytes_recv AS recv, \
                    lag(network_bytes_sent) OVER earlier AS sent_before, \
                    lag(network_bytes_recv) OVER earlier AS recv_before, \
                    timestamp_ms - lag(timestamp_ms) OVER earlier AS elapsed_ms \
                FROM stats WHERE timestamp_ms IS NOT NULL \
                WINDOW earlier AS (PARTITION BY computer_id ORDER BY timestamp_ms)))) AS rate \
    WHERE rate.id = stats.id";

/// The Flask server wrote local time into `last_seen`, and did not always update it, so the rows decide. No computer
/// is online before the first poll.
const LAST_SEEN: &str = "UPDATE computers SET status = 'offline', last_seen = \
    (SELECT strftime('%Y-%m-%d %H:%M:%f', max(timestamp_ms) / 1000.0, 'unixepoch') || '000' \
     FROM stats WHERE computer_id = computers.id AND timestamp_ms IS NOT NULL)";

/// The Flask server polled each computer every 30 s, from its first sample on.
const INTERVAL: &str = "INSERT INTO events (at_ms, kind, interval_ms) \
    SELECT min(timestamp_ms), 'server_started', 30000 FROM stats WHERE timestamp_ms IS NOT NULL \
    HAVING min(timestamp_ms) IS NOT NULL";

/// Converts a Flask database into a Muster database. Returns the first problem that the final checks find.
pub(super) async fn convert(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    aside::set_aside(connection).await?;
    let had_rates = complete(connection).await?;
    let before = counts(connection).await?;
    log_found(before);
    connection.execute(COLUMNS).await?;
    let adopted = adopt_orphans(connection).await?;
    connection.execute(MOMENTS).await?;
    if !had_rates {
        connection.execute(RATES).await?;
    }
    for step in [INDEXES].into_iter().chain(LATER) {
        connection.execute(step).await?;
    }
    connection.execute(LAST_SEEN).await?;
    connection.execute(INTERVAL).await?;
    mark_default_passwords(connection).await?;
    schema::seal(connection).await?;
    let mut expected = before;
    expected[1] += adopted;
    check(connection, expected).await
}

/// Adds the columns that the first release lacks. Returns whether network rates existed.
async fn complete(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    connection.execute(FLASK).await?;
    let there = columns(connection, "stats").await?;
    let mut had_rates = true;
    for column in ["network_sent_per_sec", "network_recv_per_sec"] {
        if !there.contains(column) {
            had_rates = false;
            let add = format!("ALTER TABLE stats ADD COLUMN {column} REAL DEFAULT 0");
            connection.execute(AssertSqlSafe(add)).await?;
        }
    }
    if !had_rates {
        // The default is the Flask server's. No rate of 0 was measured for existing rows.
        connection
            .execute("UPDATE stats SET network_sent_per_sec = NULL, network_recv_per_sec = NULL")
            .await?;
    }
    Ok(had_rates)
}

/// Creates a computer for rows whose computer does not exist, under its old number. It is never polled. Returns the
/// number of created computers.
async fn adopt_orphans(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    let orphans: Vec<i64> = sqlx::query_scalar(
        "SELECT computer_id FROM stats WHERE typeof(computer_id) = 'integer' \
            AND computer_id NOT IN (SELECT id FROM computers) \
         UNION SELECT computer_id FROM processes WHERE typeof(computer_id) = 'integer' \
            AND computer_id NOT IN (SELECT id FROM computers)",
    )
    .fetch_all(&mut *connection)
    .await?;
    for id in &orphans {
        adopt(connection, *id).await?;
    }
    forget_impossible_computers(connection).await?;
    Ok(orphans.len() as i64)
}

/// Creates the computer of this number under the first free name.
async fn adopt(connection: &mut SqliteConnection, id: i64) -> sqlx::Result<()> {
    let mut name = format!("removed computer {id}");
    let mut number = 1;
    loop {
        let added = sqlx::query(
            "INSERT INTO computers (id, name, url, token, polled) SELECT ?, ?2, '', '', 0 \
             WHERE NOT EXISTS (SELECT 1 FROM computers WHERE name = ?2)",
        )
        .bind(id)
        .bind(name.as_str())
        .execute(&mut *connection)
        .await?;
        if added.rows_affected() == 1 {
            tracing::info!("computer {id} does not exist: its samples belong to \"{name}\" now");
            return Ok(());
        }
        number += 1;
        name = format!("removed computer {id} ({number})");
    }
}

/// Clears references to computers that are not numbers.
async fn forget_impossible_computers(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    for statement in [
        "UPDATE stats SET computer_id = NULL WHERE typeof(computer_id) NOT IN ('integer', 'null')",
        "UPDATE processes SET computer_id = NULL WHERE typeof(computer_id) NOT IN ('integer', 'null')",
    ] {
        let forgotten = connection.execute(statement).await?.rows_affected();
        if forgotten > 0 {
            tracing::warn!("{forgotten} rows belong to no computer; they are kept");
        }
    }
    Ok(())
}

async fn mark_default_passwords(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET default_password = 1 WHERE lower(password_hash) = ?")
        .bind(DEFAULT_PASSWORD_SHA256)
        .execute(connection)
        .await?;
    Ok(())
}

/// The number of rows of each of [`TABLES`].
async fn counts(connection: &mut SqliteConnection) -> sqlx::Result<[i64; TABLES.len()]> {
    let mut counts = [0; TABLES.len()];
    for (count, table) in counts.iter_mut().zip(TABLES) {
        let statement = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        *count = sqlx::query_scalar(statement)
            .fetch_one(&mut *connection)
            .await?;
    }
    Ok(counts)
}

fn log_found([users, computers, samples, processes]: [i64; TABLES.len()]) {
    tracing::info!(
        "found {users} accounts, {computers} computers, {samples} samples and {processes} processes"
    );
}

/// Compares the numbers of rows with the expected ones, and checks references.
async fn check(
    connection: &mut SqliteConnection,
    expected: [i64; TABLES.len()],
) -> sqlx::Result<Option<String>> {
    let found = counts(connection).await?;
    if found != expected {
        return Ok(Some(format!(
            "the tables {TABLES:?} have {found:?} rows instead of {expected:?}"
        )));
    }
    for table in TABLES {
        let loose: i64 = sqlx::query_scalar("SELECT count(*) FROM pragma_foreign_key_check(?)")
            .bind(table)
            .fetch_one(&mut *connection)
            .await?;
        if loose > 0 {
            return Ok(Some(format!("{loose} rows of {table} refer to nothing")));
        }
    }
    let undated: i64 = sqlx::query_scalar("SELECT count(*) FROM stats WHERE timestamp_ms IS NULL")
        .fetch_one(connection)
        .await?;
    if undated > 0 {
        tracing::warn!("{undated} samples have no date; they are kept, but no chart shows them");
    }
    Ok(None)
}
