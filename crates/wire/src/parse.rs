//! From an agent's bytes to a [`SystemInfo`], or to a sentence that says what is wrong with them.

use crate::{MAX_PROCESSES, SystemInfo};
use thiserror::Error;

/// Bytes of a host name, a system's name and the like, at most.
const MAX_TEXT: usize = 256;

/// Why an answer is not system information; its text is fit for a person.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ParseError {
    /// Not JSON, or JSON of another shape.
    #[error("{0}")]
    Shape(String),
    /// JSON of the right shape that lacks what such an agent always sends.
    #[error("missing field `{0}`")]
    Missing(&'static str),
    /// A value that cannot be.
    #[error("`{field}` {problem}")]
    Value {
        /// Where it stands.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Reads an agent's answer and checks it, whole: what comes back can be stored as it is.
///
/// An agent that says who it is (`agent`) may leave a section out where it could not read it; one that
/// does not is the FastAPI client, which always sends all of them.
///
/// # Errors
/// A [`ParseError`] for bytes that are no such answer.
pub fn parse(bytes: &[u8]) -> Result<SystemInfo, ParseError> {
    let mut info: SystemInfo = serde_json::from_slice(bytes).map_err(|_| explain(bytes))?;
    require_sections(&info)?;
    check(&mut info)?;
    if let Some(history) = &mut info.history {
        for reading in &mut history.readings {
            check(reading)?;
            // One level is all that there is.
            reading.history = None;
        }
    }
    Ok(info)
}

fn check(info: &mut SystemInfo) -> Result<(), ParseError> {
    check_values(info)?;
    if let Some(processes) = &mut info.top_processes {
        processes.truncate(MAX_PROCESSES);
    }
    Ok(())
}

/// Parses once more to learn where it failed; the path costs too much to track in every good answer.
fn explain(bytes: &[u8]) -> ParseError {
    let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, SystemInfo>(deserializer) {
        Ok(_) => ParseError::Shape("more than one JSON value".into()),
        Err(error) => ParseError::Shape(harmless(&sentence(
            &error.path().to_string(),
            &error.inner().to_string(),
        ))),
    }
}

/// Characters of an explanation, at most: it may quote what came, and is stored and shown to everybody.
const MAX_EXPLANATION: usize = 200;

/// Cut to its beginning, without characters that a terminal would obey.
fn harmless(text: &str) -> String {
    let mut harmless: String = text
        .chars()
        .take(MAX_EXPLANATION)
        .map(|letter| {
            if letter.is_control() {
                '\u{FFFD}'
            } else {
                letter
            }
        })
        .collect();
    if text.chars().nth(MAX_EXPLANATION).is_some() {
        harmless.push('…');
    }
    harmless
}

/// `memory` and "missing field `total` at line 1 column 9" become "missing field `memory.total`".
fn sentence(path: &str, message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    // What serde says of the first letter of a web page.
    if message == "expected value" {
        return "no JSON".to_owned();
    }
    let message = plainly(message);
    if path == "." {
        return message;
    }
    match message.strip_prefix("missing field `") {
        Some(field) => format!("missing field `{path}.{field}"),
        None => format!("`{path}`: {message}"),
    }
}

/// "expected f64" becomes "expected a number": an operator need not know what we write in.
fn plainly(message: &str) -> String {
    const WHOLE: [&str; 8] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let expected = match expected {
        "f32" | "f64" => "a number",
        "a map" => "an object",
        "a sequence" => "a list",
        whole if WHOLE.contains(&whole) => "a whole number",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    format!("{found}, expected {expected}")
}

fn require_sections(info: &SystemInfo) -> Result<(), ParseError> {
    if info.agent.is_some() {
        return Ok(());
    }
    let sections = [
        (info.memory.is_some(), "memory.total"),
        (info.cpu_percent.is_some(), "cpu_percent"),
        (info.disk.is_some(), "disk.total"),
        (info.network.is_some(), "network.bytes_sent"),
        (info.hostname.is_some(), "hostname"),
        (info.system.is_some(), "system"),
    ];
    match sections.iter().find(|(there, _)| !there) {
        Some(&(_, field)) => Err(ParseError::Missing(field)),
        None => Ok(()),
    }
}

fn check_values(info: &SystemInfo) -> Result<(), ParseError> {
    check_integers(info)?;
    check_floats(info)?;
    check_texts(info)
}

/// A database keeps signed 64-bit integers.
fn check_integers(info: &SystemInfo) -> Result<(), ParseError> {
    let memory = info.memory.iter().flat_map(|memory| {
        [
            (memory.total, "memory.total"),
            (memory.used, "memory.used"),
            (memory.available, "memory.available"),
        ]
    });
    let disk = info.disk.iter().flat_map(|disk| {
        [
            (disk.total, "disk.total"),
            (disk.used, "disk.used"),
            (disk.free, "disk.free"),
        ]
    });
    let network = info.network.iter().flat_map(|network| {
        [
            (network.bytes_sent, "network.bytes_sent"),
            (network.bytes_recv, "network.bytes_recv"),
        ]
    });
    let too_large =
        |&(value, field): &(u64, &'static str)| i64::try_from(value).is_err().then_some(field);
    match memory
        .chain(disk)
        .chain(network)
        .find_map(|pair| too_large(&pair))
    {
        Some(field) => Err(value_error(field, "is beyond 2^63")),
        None => Ok(()),
    }
}

fn check_floats(info: &SystemInfo) -> Result<(), ParseError> {
    let usage = info.network_usage.as_ref();
    let times = info.cpu_times.as_ref();
    let floats = [
        (info.cpu_percent, "cpu_percent"),
        (info.memory.as_ref().map(|m| m.percent), "memory.percent"),
        (
            info.disk.as_ref().and_then(|disk| disk.percent),
            "disk.percent",
        ),
        (
            usage.map(|u| u.bytes_sent_per_sec),
            "network_usage.bytes_sent_per_sec",
        ),
        (
            usage.map(|u| u.bytes_recv_per_sec),
            "network_usage.bytes_recv_per_sec",
        ),
        (times.map(crate::CpuTimes::total), "cpu_times"),
        (info.boot.as_ref().map(|boot| boot.time), "boot.time"),
    ];
    for (value, field) in floats {
        if value.is_some_and(|value| !value.is_finite() || value < 0.0) {
            return Err(value_error(field, "is negative or not finite"));
        }
    }
    Ok(())
}

fn check_texts(info: &SystemInfo) -> Result<(), ParseError> {
    let agent = info.agent.as_ref();
    let texts = [
        (info.hostname.as_deref(), "hostname"),
        (info.system.as_deref(), "system"),
        (info.os.as_deref(), "os"),
        (info.kernel.as_deref(), "kernel"),
        (agent.map(|agent| agent.version.as_str()), "agent.version"),
        (agent.map(|agent| agent.run.as_str()), "agent.run"),
        (info.boot.as_ref().map(|boot| boot.id.as_str()), "boot.id"),
    ];
    let process_names = info.top_processes.iter().flatten();
    let texts = texts
        .into_iter()
        .chain(process_names.map(|process| (Some(process.name.as_str()), "top_processes.name")));
    for (text, field) in texts {
        if text.is_some_and(|text| text.len() > MAX_TEXT) {
            return Err(value_error(field, "is longer than 256 bytes"));
        }
    }
    Ok(())
}

fn value_error(field: &'static str, problem: &'static str) -> ParseError {
    ParseError::Value { field, problem }
}

#[cfg(test)]
mod tests;
