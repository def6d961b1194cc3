//! What becomes of the Flask server's rows. All of them are kept.

use super::adopt::{DEFAULT_PASSWORD_SHA256, timestamp_as_ms};
use super::aside;
use super::inspect::columns;
use super::schema::{self, COLUMNS, FLASK, INDEXES, LATER};
use sqlx::{AssertSqlSafe, Executor, SqliteConnection};

/// The tables whose rows must all be there afterwards.
const TABLES: [&str; 4] = ["users", "computers", "stats", "processes"];

/// Rows of one computer that share a moment (that server ran two collectors at times) are pushed apart,
/// each to the next free millisecond, in the order in which they were stored: the highest head start of
/// any earlier row over its own number, and the number of this one.
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

/// The first release stored counters alone. A rate follows from two neighbours, unless they lie so near
/// or so far apart that it would say nothing, or a counter fell because the computer was restarted. The
/// formula is the one by which the server computes rates, to the bit.
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

/// That server wrote its local time into `last_seen`, and left out computers at times: the rows know
/// better. Nobody is online before the first roll call.
const LAST_SEEN: &str = "UPDATE computers SET status = 'offline', last_seen = \
    (SELECT strftime('%Y-%m-%d %H:%M:%f', max(timestamp_ms) / 1000.0, 'unixepoch') || '000' \
     FROM stats WHERE computer_id = computers.id AND timestamp_ms IS NOT NULL)";

/// That server called each computer every 30 s, from its first sample on.
const INTERVAL: &str = "INSERT INTO events (at_ms, kind, interval_ms) \
    SELECT min(timestamp_ms), 'server_started', 30000 FROM stats WHERE timestamp_ms IS NOT NULL \
    HAVING min(timestamp_ms) IS NOT NULL";

/// Makes what the Flask server left a database of ours. The answer is what the checks at the end have to
/// complain of.
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

/// Adds what the first release did not have yet. Says whether it had network rates.
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
        // The default is that server's; for rows that are there already nobody measured a rate of 0.
        connection
            .execute("UPDATE stats SET network_sent_per_sec = NULL, network_recv_per_sec = NULL")
            .await?;
    }
    Ok(had_rates)
}

/// Rows whose computer is gone get one again, under its old number, which is never called. Says how many
/// computers that made.
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

/// Makes the computer of that number, under the first name of its kind that nobody has.
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
            tracing::info!(
                "computer {id} is gone, but not its samples: they belong to \"{name}\" now"
            );
            return Ok(());
        }
        number += 1;
        name = format!("removed computer {id} ({number})");
    }
}

/// What is no number at all names no computer: such rows belong to none.
async fn forget_impossible_computers(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    for statement in [
        "UPDATE stats SET computer_id = NULL WHERE typeof(computer_id) NOT IN ('integer', 'null')",
        "UPDATE processes SET computer_id = NULL WHERE typeof(computer_id) NOT IN ('integer', 'null')",
    ] {
        let forgotten = connection.execute(statement).await?.rows_affected();
        if forgotten > 0 {
            tracing::warn!("{forgotten} rows name no computer; they are kept, and belong to none");
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

/// How many rows each of [`TABLES`] has.
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

/// Compares what is there with what must be, and says what else is worth knowing.
async fn check(
    connection: &mut SqliteConnection,
    expected: [i64; TABLES.len()],
) -> sqlx::Result<Option<String>> {
    let found = counts(connection).await?;
    if found != expected {
        return Ok(Some(format!(
            "of {TABLES:?} there are {found:?} rows where {expected:?} must be"
        )));
    }
    for table in TABLES {
        let loose: i64 = sqlx::query_scalar("SELECT count(*) FROM pragma_foreign_key_check(?)")
            .bind(table)
            .fetch_one(&mut *connection)
            .await?;
        if loose > 0 {
            return Ok(Some(format!("{loose} rows of {table} belong to nothing")));
        }
    }
    let undated: i64 = sqlx::query_scalar("SELECT count(*) FROM stats WHERE timestamp_ms IS NULL")
        .fetch_one(connection)
        .await?;
    if undated > 0 {
        tracing::warn!("{undated} samples carry no date; they are kept, but on no chart");
    }
    Ok(None)
}
