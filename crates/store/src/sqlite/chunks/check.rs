//! Checks sealed history: decodes every chunk, one period and one series after another, so that memory stays small.

use super::bundle_table::{DAYS, HOURS, Table, unpack};
use super::month_table;
use crate::sealed::{self, Block, TIMES, with_counters};
use crate::sqlite::row_index::{Row as StatsRow, Rows, scan_rows};
use crate::sqlite::schema;
use crate::sqlite::verify::Report;
use crate::{ChunkSet, Error, PeriodInfo, PeriodKey, PeriodLength, SeriesFilter};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

const NEXT_MONTH: &str = "SELECT computer_id, month_ms, first_ms, last_ms, samples FROM months \
    WHERE (computer_id, month_ms) > (?, ?) ORDER BY computer_id, month_ms LIMIT 1";
/// Chunks that belong to no month.
const STRAYS: &str = "SELECT count(*) FROM chunks c WHERE NOT EXISTS \
    (SELECT 1 FROM months m, json_each(CASE WHEN json_valid(m.series) THEN m.series ELSE '[]' END) s WHERE m.computer_id = c.computer_id \
        AND m.month_ms = c.month_ms AND s.value = c.series_id)";

/// Checks all days and, if the schema has them, all hours and months. Reports problems and counts samples.
pub(crate) async fn check_chunks(
    connection: &mut SqliteConnection,
    report: &mut Report,
) -> sqlx::Result<()> {
    let rows = rows(connection, report).await?;
    if report.schema >= schema::WITH_HOURS {
        bundles(&HOURS, connection, &rows, report).await?;
    }
    bundles(&DAYS, connection, &rows, report).await?;
    if report.schema >= schema::WITH_MONTHS {
        months(connection, &rows, report).await?;
        let strays: i64 = sqlx::query_scalar(STRAYS).fetch_one(connection).await?;
        if strays > 0 {
            let sentence = format!("{strays} chunks belong to no month");
            report.problems.push(sentence);
        }
    }
    Ok(())
}

/// All rows. Sealed rows that are not deleted yet must be counted once.
async fn rows(connection: &mut SqliteConnection, report: &mut Report) -> sqlx::Result<Rows> {
    match scan_rows(connection).await {
        Err(error) => {
            report.problems.push(format!("SQLite: {error}"));
            Ok(Rows::default())
        }
        scanned => scanned,
    }
}

async fn bundles(
    table: &Table,
    connection: &mut SqliteConnection,
    rows: &Rows,
    report: &mut Report,
) -> sqlx::Result<()> {
    let mut place = (i64::MIN, i64::MIN);
    loop {
        let Some(row) = next(connection, table.next, place).await? else {
            return Ok(());
        };
        place = (row.try_get(0)?, row.try_get(1)?);
        let info = info(&row, place.1, table.length)?;
        let set = unpack(place.0, info, row.try_get(5)?, SeriesFilter::All);
        let problem = match set {
            Ok(set) => {
                count_once(rows, place.0, &set, report);
                check(place.0, &set).err()
            }
            Err(error) => Some(error),
        };
        note(report, info, problem);
    }
}

/// Subtracts the rows whose samples are also in this period.
fn count_once(rows: &Rows, computer_id: i64, set: &ChunkSet, report: &mut Report) {
    let end_ms = set.info.last_ms.saturating_add(1);
    let within = rows.between(computer_id, set.info.first_ms, end_ms);
    if within.is_empty() {
        return;
    }
    let times = sealed::decode_moments(set, set.info.first_ms, end_ms).unwrap_or_default();
    let is_double = |row: &&StatsRow| times.binary_search(&row.moment_ms).is_ok();
    let doubles = within.iter().filter(is_double).count() as u64;
    report.summary.samples = report.summary.samples.saturating_sub(doubles);
}

async fn months(
    connection: &mut SqliteConnection,
    rows: &Rows,
    report: &mut Report,
) -> sqlx::Result<()> {
    let mut place = (i64::MIN, i64::MIN);
    loop {
        let Some(row) = next(connection, NEXT_MONTH, place).await? else {
            return Ok(());
        };
        place = (row.try_get(0)?, row.try_get(1)?);
        let info = info(&row, place.1, PeriodLength::Month)?;
        for set in month_times(connection, place.0, info).await? {
            count_once(rows, place.0, &set, report);
        }
        let problem = month(connection, place.0, info).await?;
        note(report, info, problem);
    }
}

/// The moments of a month, empty if damaged; `month` reports the damage.
async fn month_times(
    connection: &mut SqliteConnection,
    computer_id: i64,
    info: PeriodInfo,
) -> sqlx::Result<Vec<ChunkSet>> {
    let wanted = SeriesFilter::Only(&[TIMES]);
    match month_table::get(connection, computer_id, wanted, &[info]).await {
        Err(Error::Database(error)) => Err(error),
        read => Ok(read.unwrap_or_default()),
    }
}

/// The next period after a computer and a start.
async fn next(
    connection: &mut SqliteConnection,
    statement: &'static str,
    place: (i64, i64),
) -> sqlx::Result<Option<SqliteRow>> {
    sqlx::query(statement)
        .bind(place.0)
        .bind(place.1)
        .fetch_optional(connection)
        .await
}

/// The first problem of a month.
async fn month(
    connection: &mut SqliteConnection,
    computer_id: i64,
    info: PeriodInfo,
) -> sqlx::Result<Option<Error>> {
    match check_month(connection, computer_id, info).await {
        Ok(()) => Ok(None),
        Err(Error::Database(error)) => Err(error),
        Err(error) => Ok(Some(error)),
    }
}

async fn check_month(
    connection: &mut SqliteConnection,
    computer_id: i64,
    info: PeriodInfo,
) -> Result<(), Error> {
    for series in month_table::series(connection, computer_id, info.period).await? {
        let wanted = with_counters([series]);
        let wanted = SeriesFilter::Only(&wanted);
        let mut sets = month_table::get(connection, computer_id, wanted, &[info]).await?;
        let set = sets.pop().filter(|set| set.chunk(series).is_some());
        let missing = || {
            let detail = format!("the chunk of series {series} is missing");
            Error::damaged_period(computer_id, info.period, &detail)
        };
        check(computer_id, &set.ok_or_else(missing)?)?;
    }
    Ok(())
}

/// Decodes all chunks, and compares their moments with the table.
fn check(computer_id: i64, set: &ChunkSet) -> Result<(), Error> {
    let damaged = |detail: &dyn std::fmt::Display| {
        Error::damaged_period(computer_id, set.info.period, detail)
    };
    let block = Block::decode(set, i64::MIN, i64::MAX, usize::MAX);
    let block = block.map_err(|error| damaged(&error))?;
    let info = &set.info;
    let same = block.times.first() == Some(&info.first_ms)
        && block.times.last() == Some(&info.last_ms)
        && block.times.len() as u64 == info.samples
        && set.chunk(TIMES).is_some();
    if same {
        Ok(())
    } else {
        Err(damaged(
            &"its chunks and its table disagree about its moments",
        ))
    }
}

fn info(row: &SqliteRow, start_ms: i64, length: PeriodLength) -> sqlx::Result<PeriodInfo> {
    Ok(PeriodInfo {
        period: PeriodKey {
            start_ms,
            length,
            version: 1,
        },
        first_ms: row.try_get(2)?,
        last_ms: row.try_get(3)?,
        samples: row.try_get::<i64, _>(4)?.unsigned_abs(),
    })
}

fn note(report: &mut Report, info: PeriodInfo, problem: Option<Error>) {
    report
        .problems
        .extend(problem.map(|error| error.to_string()));
    let summary = &mut report.summary;
    summary.samples += info.samples;
    let earliest = |known: Option<i64>| known.map_or(info.first_ms, |ms| ms.min(info.first_ms));
    let latest = |known: Option<i64>| known.map_or(info.last_ms, |ms| ms.max(info.last_ms));
    summary.first_ms = Some(earliest(summary.first_ms));
    summary.last_ms = Some(latest(summary.last_ms));
}
