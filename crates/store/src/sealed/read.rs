//! Decodes sealed samples.

use super::series::{column, column_index};
use super::{Block, SealedError};
use crate::{ChunkSet, Sample};
use muster_history::Value;
use std::sync::Arc;

/// The samples of a period with `from_ms <= moment < to_ms`, at most `limit`; `name` returns the name of a further
/// series.
pub(crate) fn decode_samples(
    set: &ChunkSet,
    computer_id: i64,
    (from_ms, to_ms): (i64, i64),
    limit: usize,
    name: impl Fn(i64) -> Option<Arc<str>>,
) -> Result<Vec<Sample>, SealedError> {
    let block = Block::decode(set, from_ms, to_ms, limit)?;
    let names: Vec<(Arc<str>, &[Option<Value>])> = block
        .series
        .iter()
        .filter(|&(&series, _)| column_index(series).is_none())
        .filter_map(|(&series, values)| Some((name(series)?, values.as_slice())))
        .collect();
    let entries = 0..block.times.len();
    Ok(entries
        .map(|entry| sample(&block, computer_id, entry, &names))
        .collect())
}

fn sample(
    block: &Block,
    computer_id: i64,
    entry: usize,
    names: &[(Arc<str>, &[Option<Value>])],
) -> Sample {
    let value = |index: usize| {
        let values = block.series.get(&column(index))?;
        values[entry]
    };
    let real = |index| value(index).map(Value::as_f64);
    let integer = |index| match value(index) {
        Some(Value::Integer(integer)) => Some(integer),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "as a row of such a column is read"
        )]
        Some(Value::Float(float)) => Some(float as i64),
        None => None,
    };
    Sample {
        computer_id,
        timestamp_ms: block.times[entry],
        cpu_percent: real(0),
        memory_total: integer(1),
        memory_used: integer(2),
        memory_percent: real(3),
        disk_total: integer(4),
        disk_used: integer(5),
        disk_percent: real(6),
        network_bytes_sent: integer(7),
        network_bytes_recv: integer(8),
        network_sent_per_sec: real(9),
        network_recv_per_sec: real(10),
        extra: extra(entry, names),
    }
}

/// The flat JSON object.
fn extra(entry: usize, names: &[(Arc<str>, &[Option<Value>])]) -> Option<String> {
    let mut object = serde_json::Map::new();
    for (name, values) in names {
        let number = match values[entry] {
            Some(Value::Integer(integer)) => integer.into(),
            Some(Value::Float(float)) => match serde_json::Number::from_f64(float) {
                Some(number) => number,
                None => continue,
            },
            None => continue,
        };
        object.insert(name.to_string(), number.into());
    }
    (!object.is_empty()).then(|| serde_json::Value::Object(object).to_string())
}
