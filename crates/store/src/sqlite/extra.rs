//! Reads numbers by name from `extra`.
//!
//! SQLite's `json_extract` is not used: it needs names quoted into a path, parses the text once for each name, and
//! rounds some numbers differently from how they were sent. Text that is not a flat object of numbers gives the
//! numbers before the first other value.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Calls `found` with the value of each number in `extra`, and with what `wanted` makes of its name.
pub(super) fn each_number<T>(
    extra: &str,
    wanted: impl Fn(&str) -> Option<T>,
    found: impl FnMut(T, f64),
) {
    let mut json = serde_json::Deserializer::from_str(extra);
    // An error ends the parsing; the numbers before it were reported.
    let _ = json.deserialize_any(Object { wanted, found });
}

struct Object<W, F> {
    wanted: W,
    found: F,
}

impl<'de, T, W: Fn(&str) -> Option<T>, F: FnMut(T, f64)> Visitor<'de> for Object<W, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of numbers")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key(&self.wanted))? {
            match key {
                Some(key) => (self.found)(key, map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A name, looked up before it is copied.
struct Key<'w, W>(&'w W);

impl<'de, T, W: Fn(&str) -> Option<T>> DeserializeSeed<'de> for Key<'_, W> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, W: Fn(&str) -> Option<T>> Visitor<'_> for Key<'_, W> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<T>, E> {
        Ok((self.0)(name))
    }
}

#[cfg(test)]
mod tests {
    use super::each_number;

    fn all(extra: &str) -> Vec<(String, f64)> {
        let mut numbers = Vec::new();
        let name = |name: &str| Some(name.to_owned());
        each_number(extra, name, |name, number| numbers.push((name, number)));
        numbers
    }

    #[test]
    fn names_may_hold_quotes_and_backslashes() {
        let extra = r#"{"a.b:/x\"y\\z": 1, "load.1m": 0.30000000000000004, "n": -3}"#;
        let expected = [(r#"a.b:/x"y\z"#, 1.0), ("load.1m", 0.1 + 0.2), ("n", -3.0)];
        assert_eq!(
            all(extra),
            expected.map(|(name, number)| (name.to_owned(), number))
        );
    }

    #[test]
    fn numbers_come_back_bit_for_bit() {
        for number in [
            2.225_073_858_507_201e-308,
            9007199254740993.0,
            1.7976931348623157e308,
            5e-324,
            74.30000000000001,
        ] {
            let read = all(&format!(
                r#"{{"x": {}}}"#,
                serde_json::to_string(&number).unwrap()
            ));
            assert_eq!(read[0].1.to_bits(), f64::to_bits(number));
        }
    }

    #[test]
    fn the_first_value_that_is_not_a_number_ends_the_parsing() {
        for extra in ["", "[1]", "7", "nonsense", r#"{"a""#, r#"{"a": null}"#] {
            assert_eq!(all(extra), []);
        }
        for rest in ["oh", r#""1", "c": 2}"#, "[1], \"c\": 2}", "true}"] {
            let extra = format!(r#"{{"a": 1, "b": {rest}"#);
            assert_eq!(all(&extra), [("a".to_owned(), 1.0)]);
        }
    }
}
