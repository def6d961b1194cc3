//! The golden chunks: bytes in `fixtures/NAME.chunk`, and their content as text in `NAME.json`.
//!
//! Columns are runs of equal entries, `[count, entry]`: null, an integer, or a float as a string (decimal, or
//! `bits` and its 64 bits, since JSON has no NaN). Times are the first one and runs of equal steps.

#![allow(dead_code, reason = "each test binary uses a part of it")]

mod draw;

use muster_history::{
    ChunkError, Column, Counter, Dense, Times, Value, decode_rates, decode_values, encode_values,
    verify,
};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// The content of a golden chunk, and for rates what they follow from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Golden {
    pub times: Option<Vec<i64>>,
    pub values: Option<Vec<Option<Value>>>,
    pub counts: Option<Vec<Option<Value>>>,
    /// The golden chunk that stores the clock of these rates.
    pub clock: Option<String>,
}

pub fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1")
}

/// The golden chunks by name.
pub fn chunks() -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(fixtures()).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "chunk")
    });
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

impl Golden {
    pub fn load(name: &str) -> Self {
        let text = std::fs::read_to_string(fixtures().join(name).with_extension("json")).unwrap();
        let json: Json = serde_json::from_str(&text).unwrap();
        Self {
            times: json.get("times").map(times_of),
            values: json.get("values").map(column_of),
            counts: json.get("counts").map(column_of),
            clock: json
                .get("clock")
                .map(|name| name.as_str().unwrap().to_owned()),
        }
    }

    pub fn to_json(&self) -> Json {
        let mut json = json!({});
        let columns = [("values", &self.values), ("counts", &self.counts)];
        for (name, column) in columns {
            if let Some(column) = column {
                json[name] = runs(&column.iter().map(entry_to_json).collect::<Vec<_>>());
            }
        }
        if let Some(clock) = &self.clock {
            json["clock"] = json!(clock);
        }
        if let Some(times) = &self.times {
            let steps: Vec<_> = times
                .windows(2)
                .map(|pair| json!(pair[1] - pair[0]))
                .collect();
            json["times"] = json!({ "first": times.first(), "steps": runs(&steps) });
        }
        json
    }

    pub fn integers(&self) -> Vec<Option<i64>> {
        let counts = self.counts.as_ref().unwrap().iter();
        let integer = |count: &Option<Value>| match count {
            Some(Value::Integer(integer)) => Some(*integer),
            _ => None,
        };
        counts.map(integer).collect()
    }
}

fn runs(entries: &[Json]) -> Json {
    let runs = entries.chunk_by(|one, next| one == next);
    runs.map(|run| json!([run.len(), run[0]])).collect()
}

fn expanded(runs: &Json) -> impl Iterator<Item = &Json> {
    let runs = runs.as_array().unwrap().iter();
    runs.flat_map(|run| std::iter::repeat_n(&run[1], run[0].as_u64().unwrap() as usize))
}

fn entry_to_json(entry: &Option<Value>) -> Json {
    match *entry {
        None => Json::Null,
        Some(Value::Integer(integer)) => json!(integer),
        Some(Value::Float(float)) if float.is_nan() => {
            json!(format!("bits {:016x}", float.to_bits()))
        }
        Some(Value::Float(float)) => json!(format!("{float:?}")),
    }
}

fn column_of(json: &Json) -> Vec<Option<Value>> {
    let entry = |json: &Json| match json {
        Json::Null => None,
        Json::String(text) => Some(Value::Float(match text.strip_prefix("bits ") {
            Some(bits) => f64::from_bits(u64::from_str_radix(bits, 16).unwrap()),
            None => text.parse().unwrap(),
        })),
        integer => Some(Value::Integer(integer.as_i64().unwrap())),
    };
    expanded(json).map(entry).collect()
}

fn times_of(json: &Json) -> Vec<i64> {
    let Some(first) = json["first"].as_i64() else {
        return vec![];
    };
    let steps = expanded(&json["steps"]).map(|step| step.as_i64().unwrap());
    let sums = steps.scan(first, |time, step| {
        *time += step;
        Some(*time)
    });
    std::iter::once(first).chain(sums).collect()
}

/// The byte positions that are worth changing: all at the beginning, then every thirteenth.
pub fn places(bytes: &[u8]) -> impl Iterator<Item = usize> + use<> {
    (2..bytes.len().saturating_sub(4)).filter(|at| *at < 200 || at % 13 == 0)
}

/// Corrects the checksum, as an attacker would.
pub fn forged(mut bytes: Vec<u8>) -> Vec<u8> {
    let Some(end) = bytes.len().checked_sub(4) else {
        return bytes;
    };
    let checksum = crc32c::crc32c(&bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

/// A clock of this many entries. The numbers of clocked rates have the layout of integers, and there are no
/// exceptions.
pub fn clock(entries: usize) -> Vec<u8> {
    let ticks: Vec<_> = (0..entries as i64)
        .map(|at| Some(Value::Integer(125_000_000 + at % 3)))
        .collect();
    let mut bytes = encode_values(&ticks).unwrap();
    bytes[2] = 8;
    bytes.insert(bytes.len() - 4, 0);
    forged(bytes)
}

/// Rates with a shared clock, of this many entries, without exceptions.
pub fn shared(entries: usize) -> Vec<u8> {
    let mut bytes = encode_values(&vec![None; entries]).unwrap();
    bytes[2] = 9;
    // NULLs are stored as zero runs.
    let body = bytes.len() - 4 - 2;
    bytes.splice(body..body + 2, [0]);
    forged(bytes)
}

/// Reads bytes in every way. Each may fail; none may panic, and they must agree.
pub fn read_in_every_way(bytes: &[u8]) {
    let verified = verify(bytes);
    draw::in_every_role(bytes, verified.is_ok());
    if let Ok(mut times) = Times::open(bytes) {
        let middle = times.len() / 2;
        let mut decoded = Vec::new();
        let _ = times.decode(middle..times.len(), &mut decoded);
        assert!(times.covering(i64::MIN, i64::MAX).len() <= times.len());
    }
    if let Ok(mut column) = Column::open(bytes) {
        let agreed = if column.needs_counter() {
            read_rates(&mut column, bytes).map(|()| column.len())
        } else {
            read_values(&mut column, bytes).map(|()| column.len())
        };
        assert_eq!(agreed.is_ok(), verified.is_ok());
    }
}

fn read_values(column: &mut Column, bytes: &[u8]) -> Result<(), ChunkError> {
    let entries = column.len();
    let mut floats = Dense::default();
    let _ = column.floats(entries / 3..entries / 2, &mut floats);
    drop(floats);
    let mut integers = Dense::default();
    let _ = column.integers(0..entries, &mut integers);
    drop(integers);
    let part = column.values_within(entries / 3..entries / 2);
    let whole = decode_values(bytes)?;
    assert_eq!(part?, whole[entries / 3..entries / 2]);
    Ok(())
}

fn read_rates(column: &mut Column, bytes: &[u8]) -> Result<(), ChunkError> {
    let times: Vec<i64> = (0..column.len() as i64)
        .map(|entry| entry * 30_000)
        .collect();
    let counts: Vec<Option<i64>> = times
        .iter()
        .map(|&time| Some(time * time % 1_000_003))
        .collect();
    let clock = column.needs_clock().then(|| clock(column.len()));
    let whole = decode_rates(bytes, &times, &counts, clock.as_deref())?;
    let mut dense = Dense::default();
    dense.set(counts.iter().copied());
    let part = times.len() / 3..times.len() / 2;
    let mut ticks = Dense::default();
    if let Some(clock) = clock {
        Column::open(&clock)?.ticks(part.clone(), &mut ticks)?;
    } else {
        let _ = column.ticks(part.clone(), &mut ticks);
    }
    let counter = Counter {
        first: 0,
        times: &times,
        counts: &dense,
        ticks: Some(&ticks),
    };
    assert_eq!(
        column.rate_values(part.clone(), counter)?,
        whole[part.clone()]
    );
    column.rates(part, counter, &mut Dense::default())
}
