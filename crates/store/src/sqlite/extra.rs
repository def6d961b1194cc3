//! Numbers by name out of `extra`.
//!
//! The JSON is read here and not by SQLite: its `json_extract` wants names quoted into a path, reads the
//! text once for each name, and rounds some numbers differently from how they were sent. What is no flat
//! object of numbers (a script may write anything) gives what can be read before the oddity.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Calls `found` with the name and the value of each number in `extra` whose name `wanted` maps to
/// something.
pub(super) fn each_number<T>(
    extra: &str,
    wanted: impl Fn(&str) -> Option<T>,
    found: impl FnMut(T, f64),
) {
    let mut json = serde_json::Deserializer::from_str(extra);
    // An error ends the reading; the numbers before it were taken.
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
                Some(key) => {
                    if let Some(number) = map.next_value_seed(Number)? {
                        (self.found)(key, number);
                    }
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A name, looked up before anything is made of it.
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

/// A number, or `None` for any other value.
struct Number;

impl<'de> DeserializeSeed<'de> for Number {
    type Value = Option<f64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<f64>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Number {
    type Value = Option<f64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<f64>, E> {
        Ok(Some(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<f64>, E> {
        Ok(Some(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<f64>, E> {
        Ok(Some(number as f64))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<f64>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<f64>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<f64>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<f64>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<f64>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
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
    fn what_is_no_number_is_passed_over() {
        let extra =
            r#"{"a": null, "b": "1", "c": [1, {"x": 2}], "d": {"e": [3]}, "f": true, "g": 4}"#;
        assert_eq!(all(extra), [("g".to_owned(), 4.0)]);
        for extra in ["", "[1]", "7", "nonsense", r#"{"a""#] {
            assert_eq!(all(extra), []);
        }
        assert_eq!(all(r#"{"a": 1, "b": oh"#), [("a".to_owned(), 1.0)]);
    }
}
