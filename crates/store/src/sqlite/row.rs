//! Reads values leniently. SQLite accepts values of any type in any column, whatever type was declared: a value of
//! an unexpected type must not fail the others.

use muster_history::Value;
use sqlx::sqlite::{SqliteRow, SqliteValueRef};
use sqlx::{Decode, Row, Sqlite, TypeInfo, ValueRef};

/// A number, or `None` for anything else.
pub(super) fn real(row: &SqliteRow, index: usize) -> Option<f64> {
    let value = row.try_get_raw(index).ok()?;
    match kind(&value) {
        Kind::Integer => decode::<i64>(value).map(|integer| integer as f64),
        Kind::Real => decode(value),
        Kind::Text | Kind::Other => None,
    }
}

/// An exact number, or `None` for anything else.
pub(super) fn value(row: &SqliteRow, index: usize) -> Option<Value> {
    let value = row.try_get_raw(index).ok()?;
    match kind(&value) {
        Kind::Integer => decode(value).map(Value::Integer),
        Kind::Real => decode(value).map(Value::Float),
        Kind::Text | Kind::Other => None,
    }
}

/// An integer, or `None` for anything that is not a number.
pub(super) fn integer(row: &SqliteRow, index: usize) -> Option<i64> {
    let value = row.try_get_raw(index).ok()?;
    match kind(&value) {
        Kind::Integer => decode(value),
        Kind::Real => decode::<f64>(value).map(|real| real as i64),
        Kind::Text | Kind::Other => None,
    }
}

/// Text, also from bytes or a number; `None` for NULL.
pub(super) fn text(row: &SqliteRow, index: usize) -> Option<String> {
    let value = row.try_get_raw(index).ok()?;
    match kind(&value) {
        Kind::Integer => decode::<i64>(value).map(|integer| integer.to_string()),
        Kind::Real => decode::<f64>(value).map(|real| real.to_string()),
        Kind::Text => decode::<&[u8]>(value).map(|bytes| String::from_utf8_lossy(bytes).into()),
        Kind::Other => None,
    }
}

/// The type of a stored value, regardless of the declared type.
enum Kind {
    Integer,
    Real,
    Text,
    Other,
}

fn kind(value: &SqliteValueRef<'_>) -> Kind {
    if value.is_null() {
        return Kind::Other;
    }
    match value.type_info().name() {
        "INTEGER" | "BOOLEAN" => Kind::Integer,
        "REAL" => Kind::Real,
        _ => Kind::Text,
    }
}

fn decode<'r, T: Decode<'r, Sqlite>>(value: SqliteValueRef<'r>) -> Option<T> {
    T::decode(value).ok()
}
