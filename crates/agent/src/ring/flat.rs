//! Converts between a reading in JSON and a flat list of names and values.

use muster_wire::Number;
use serde_json::{Map, Value};

/// Separates the parts of a name; series names do not contain it.
const SEPARATOR: char = ' ';
/// Maximum number of parts of a name, so that a damaged file cannot nest without bound.
const MAX_PARTS: usize = 5;

/// A flat reading.
#[derive(Debug, Default, PartialEq)]
pub struct Flat {
    /// The numbers, by name.
    pub numbers: Vec<(String, Number)>,
    /// The texts, by name.
    pub texts: Vec<(String, String)>,
}

/// Flattens a reading. Lists (processes) are left out.
pub fn flatten(reading: &Map<String, Value>) -> Flat {
    let mut flat = Flat::default();
    add("", reading, &mut flat);
    flat
}

fn add(before: &str, object: &Map<String, Value>, flat: &mut Flat) {
    for (name, value) in object {
        let name = format!("{before}{name}");
        match value {
            Value::Object(inner) => add(&format!("{name}{SEPARATOR}"), inner, flat),
            Value::String(text) => flat.texts.push((name, text.clone())),
            Value::Number(number) => flat
                .numbers
                .extend(exact(number).map(|exact| (name, exact))),
            Value::Null | Value::Bool(_) | Value::Array(_) => {}
        }
    }
}

fn exact(number: &serde_json::Number) -> Option<Number> {
    let whole = number.as_i64().map(Number::from);
    whole.or_else(|| number.as_f64().map(Number::from))
}

/// Restores a reading.
pub fn unflatten<'a>(
    numbers: impl Iterator<Item = (&'a str, Number)>,
    texts: impl Iterator<Item = (&'a str, &'a str)>,
) -> Map<String, Value> {
    let mut whole = Map::new();
    for (name, number) in numbers {
        let value = match number {
            Number::Integer(whole) => whole.into(),
            Number::Float(float) => float.into(),
        };
        insert(&mut whole, name, value);
    }
    for (name, text) in texts {
        insert(&mut whole, name, text.into());
    }
    whole
}

fn insert(object: &mut Map<String, Value>, name: &str, value: Value) {
    if name.split(SEPARATOR).count() <= MAX_PARTS {
        insert_below(object, name, value);
    }
}

fn insert_below(object: &mut Map<String, Value>, name: &str, value: Value) {
    let Some((first, rest)) = name.split_once(SEPARATOR) else {
        object.insert(name.to_owned(), value);
        return;
    };
    let inner = object.entry(first).or_insert_with(|| Map::new().into());
    if let Value::Object(inner) = inner {
        insert_below(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reading_comes_back_but_for_its_processes() {
        let reading = json!({
            "cpu_percent": 12.5,
            "memory": {"total": 16_000_000_000_i64, "percent": 71.0},
            "agent": {"run": "a-b", "sequence": 7},
            "series": {"load.1m": 0.5, "disk.used_bytes:/data": 5},
        });
        let mut whole = reading.as_object().unwrap().clone();
        whole.insert("top_processes".into(), json!([{"pid": 1}]));
        let flat = flatten(&whole);
        let back = unflatten(
            flat.numbers
                .iter()
                .map(|(name, number)| (name.as_str(), *number)),
            flat.texts
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str())),
        );
        assert_eq!(Value::Object(back), reading);
    }

    #[test]
    fn a_name_without_an_end_is_left_out() {
        let long = "a ".repeat(200_000);
        let names = [
            (long.as_str(), Number::from(1_i64)),
            ("b c", Number::from(2_i64)),
        ];
        let back = unflatten(names.into_iter(), std::iter::empty());
        assert_eq!(Value::Object(back), json!({"b": {"c": 2}}));
    }
}
