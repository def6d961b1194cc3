//! Writes history as the Flask server kept it: one row per sample, in its tables.

use super::generated::GeneratedHistory;
use muster_store::Sample;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::path::Path;

const TABLES: &str = include_str!("../../../store/migrations/0000_flask.sql");
const COMPUTER: &str =
    "INSERT INTO computers (id, name, url, token, status) VALUES (?, ?, ?, 'swarm', 'online')";
const ROW: &str = "INSERT INTO stats (computer_id, timestamp, cpu_percent, memory_total, memory_used, \
        memory_percent, disk_total, disk_used, disk_percent, network_bytes_sent, network_bytes_recv, \
        network_sent_per_sec, network_recv_per_sec) \
    VALUES (?, datetime(? / 1000, 'unixepoch'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub async fn fill_flask_database(path: &Path, history: &GeneratedHistory) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql(TABLES).execute(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    for number in (1..).take(history.computers.len()) {
        insert_computer(&mut transaction, number).await?;
    }
    let rounds = history
        .computers
        .first()
        .map_or(0, |computer| computer.times.len());
    for at in 0..rounds {
        for (number, computer) in (1..).zip(&history.computers) {
            // There are no columns for further series.
            insert_row(&mut transaction, &computer.sample(number, at, &[])).await?;
        }
    }
    transaction.commit().await?;
    Ok(connection.close().await?)
}

async fn insert_computer(connection: &mut SqliteConnection, number: i64) -> sqlx::Result<()> {
    let query = sqlx::query(COMPUTER)
        .bind(number)
        .bind(format!("swarm-{number:06}"))
        .bind(format!("http://127.0.0.1:9/{number}"));
    query.execute(connection).await.map(|_| ())
}

async fn insert_row(connection: &mut SqliteConnection, sample: &Sample) -> sqlx::Result<()> {
    let query = sqlx::query(ROW)
        .bind(sample.computer_id)
        .bind(sample.timestamp_ms)
        .bind(sample.cpu_percent)
        .bind(sample.memory_total)
        .bind(sample.memory_used)
        .bind(sample.memory_percent)
        .bind(sample.disk_total)
        .bind(sample.disk_used)
        .bind(sample.disk_percent)
        .bind(sample.network_bytes_sent)
        .bind(sample.network_bytes_recv)
        .bind(sample.network_sent_per_sec)
        .bind(sample.network_recv_per_sec);
    query.execute(connection).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::super::generated::small_history;
    use super::fill_flask_database;
    use muster_store::Samples as _;
    use muster_store::sqlite::{Missing, SqliteStore};

    /// The server imports Flask databases, so it must accept this one.
    #[tokio::test]
    async fn is_accepted_as_a_database_of_the_flask_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stats.db");
        fill_flask_database(&path, &small_history()).await.unwrap();
        let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
        for id in [1, 2] {
            let samples = store.samples(id, 0, i64::MAX, 10).await.unwrap();
            let moments: Vec<i64> = samples.iter().map(|sample| sample.timestamp_ms).collect();
            assert_eq!(moments, [1_790_000_000_000, 1_790_000_030_000]);
            assert_eq!(samples[0].network_sent_per_sec, None);
            assert_eq!(samples[1].network_sent_per_sec, Some(2.5));
            assert_eq!(samples[1].memory_total, Some(1 << 30));
        }
        store.close().await;
    }
}
