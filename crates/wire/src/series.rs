//! Further values by name: a flat object with bounded size. Neither agent nor server interprets them here.

use crate::Number;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};
use std::fmt;

/// Maximum number of series in one answer, besides the fixed fields.
pub const MAX_SERIES: usize = 512;
/// Maximum number of characters of a series name.
pub const MAX_SERIES_NAME: usize = 96;

/// Values by name, in the order of arrival. Names are unique.
///
/// A name is printable ASCII, with dots between its parts and a colon before an instance: `load.1m`,
/// `swap.used_bytes`, `cpu.core.percent:3`, `disk.used_bytes:/data`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series(Vec<(String, Number)>);

impl Series {
    /// Adds a value if its name is valid and new and there is room. Returns whether it was added.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Number>) -> bool {
        let (name, value) = (name.into(), value.into());
        let fits = self.0.len() < MAX_SERIES
            && is_series_name(&name)
            && value.as_f64().is_finite()
            && self.get(&name).is_none();
        if fits {
            self.0.push((name, value));
        }
        fits
    }

    /// The value with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Number> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|&(_, value)| value)
    }

    /// Keeps the values whose name passes the test.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Number)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a name is valid: 1 to [`MAX_SERIES_NAME`] printable ASCII characters, no space.
#[must_use]
pub fn is_series_name(name: &str) -> bool {
    (1..=MAX_SERIES_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SeriesVisitor)
    }
}

struct SeriesVisitor;

impl<'de> de::Visitor<'de> for SeriesVisitor {
    type Value = Series;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of numbers")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Series, A::Error> {
        let mut readings: Vec<(String, Number)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if !is_series_name(&name) {
                return Err(de::Error::custom(
                    "a name must be 1 to 96 printable ASCII characters without spaces",
                ));
            }
            if readings.len() == MAX_SERIES {
                return Err(de::Error::custom("more than 512 values"));
            }
            readings.push((name, map.next_value()?));
        }
        reject_duplicates(&readings)?;
        Ok(Series(readings))
    }
}

fn reject_duplicates<E: de::Error>(readings: &[(String, Number)]) -> Result<(), E> {
    let mut names: Vec<&str> = readings.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(E::custom(format_args!("`{}` occurs twice", pair[0]))),
        None => Ok(()),
    }
}
