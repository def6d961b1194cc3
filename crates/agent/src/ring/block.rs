//! Packs consecutive readings: texts and names once, and a column for each number.
//!
//! Layout: the length of a JSON object, the object with what all readings share (`count`, `names`, `texts`),
//! then the columns in the order of `names`.

use super::column;
use super::flat::{flatten, unflatten};
use muster_wire::Number;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Maximum number of readings in a block.
const MAX_COUNT: usize = 4096;

/// One reading, as it is sent.
pub type Reading = Map<String, Value>;

/// What all readings of a block share.
#[derive(Serialize, Deserialize)]
struct Shared {
    count: usize,
    names: Vec<String>,
    texts: Vec<(String, String)>,
}

/// Packs readings. The texts are those of the first one: the caller starts a new block when they change.
pub fn pack(readings: &[Reading]) -> Vec<u8> {
    let flat: Vec<_> = readings.iter().map(flatten).collect();
    let mut names: Vec<String> = Vec::new();
    for (name, _) in flat.iter().flat_map(|reading| &reading.numbers) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut columns = Vec::new();
    for name in &names {
        let value = |reading: &super::flat::Flat| number(&reading.numbers, name);
        column::write_column(&mut columns, &flat.iter().map(value).collect::<Vec<_>>());
    }
    let texts = flat.into_iter().next().map(|first| first.texts);
    let shared = Shared {
        count: readings.len(),
        names,
        texts: texts.unwrap_or_default(),
    };
    let shared = serde_json::to_vec(&shared).unwrap_or_default();
    let mut bytes = (shared.len() as u32).to_le_bytes().to_vec();
    bytes.extend(shared);
    bytes.extend(columns);
    bytes
}

fn number(numbers: &[(String, Number)], name: &str) -> Option<Number> {
    let found = numbers.iter().find(|(known, _)| known == name);
    found.map(|(_, number)| *number)
}

/// Unpacks the readings of a block; `None` if the bytes are invalid.
pub fn unpack(mut bytes: &[u8]) -> Option<Vec<Reading>> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (shared, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let shared: Shared = serde_json::from_slice(shared).ok()?;
    if shared.count > MAX_COUNT {
        return None;
    }
    bytes = rest;
    let column = |_: &String| column::read_column(&mut bytes, shared.count);
    let columns: Vec<_> = shared.names.iter().map(column).collect::<Option<_>>()?;
    let texts = || {
        shared
            .texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    };
    let reading = |row: usize| {
        let numbers = shared.names.iter().zip(&columns);
        let there = numbers.filter_map(|(name, column)| Some((name.as_str(), column[row]?)));
        unflatten(there, texts())
    };
    Some((0..shared.count).map(reading).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn readings() -> Vec<Reading> {
        let reading = |tick: i64| {
            json!({
                "agent": {"run": "r", "sequence": tick, "monotonic_ms": tick * 30_000},
                "cpu_percent": (tick * 7 % 1000) as f64 / 10.0,
                "network": {"bytes_sent": tick * 123_456},
                "series": if tick == 3 { json!({"new": 5}) } else { json!({}) },
            })
        };
        let object = |tick| match reading(tick) {
            Value::Object(object) => object,
            _ => unreachable!(),
        };
        (1..=32).map(object).collect()
    }

    #[test]
    fn readings_come_back() {
        let mut expected = readings();
        let back = unpack(&pack(&expected)).unwrap();
        for reading in &mut expected {
            reading.retain(|name, value| name != "series" || value != &json!({}));
        }
        assert_eq!(back, expected);
    }

    #[test]
    fn damaged_bytes_do_not_panic() {
        let bytes = pack(&readings());
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = unpack(&damaged);
            assert!(unpack(&bytes[..at]).is_none(), "cut at {at}");
        }
    }
}
