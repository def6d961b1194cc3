//! A number that is not changed on its way: a 64-bit integer or a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A value of a series. JSON's `12` is an integer and `12.0` a float, and both stay what they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// A finite float.
    Float(f64),
}

impl Number {
    /// The value as a float; integers beyond 2^53 are rounded.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "charts and thresholds need floats; the exact value stays available"
    )]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }
}

impl From<f64> for Number {
    fn from(float: f64) -> Self {
        Self::Float(float)
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

/// Saturates at `i64::MAX`, which no byte counter reaches.
impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self::Integer(i64::try_from(integer).unwrap_or(i64::MAX))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Integer(integer) => serializer.serialize_i64(integer),
            Self::Float(float) => serializer.serialize_f64(float),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(Number::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
        i64::try_from(value)
            .map(Number::Integer)
            .map_err(|_| E::custom("an integer larger than 2^63 - 1"))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        if value.is_finite() {
            Ok(Number::Float(value))
        } else {
            Err(E::custom("a number that is not finite"))
        }
    }
}
