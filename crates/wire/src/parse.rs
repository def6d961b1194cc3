//! Parses an agent's answer into a [`SystemInfo`], or says in a sentence why it cannot.

use crate::{MAX_PROCESSES, SystemInfo};
use thiserror::Error;

/// Maximum number of bytes of a host name, a system name and the like.
const MAX_TEXT: usize = 256;

/// Why an answer is not system information. People see this text.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ParseError {
    /// The answer is not JSON, or has the wrong structure.
    #[error("{0}")]
    Shape(String),
    /// A field is missing that this kind of agent always sends.
    #[error("field `{0}` is missing")]
    Missing(&'static str),
    /// A value is impossible.
    #[error("field `{field}` {problem}")]
    Value {
        /// The path of the field.
        field: &'static str,
        /// The rest of the sentence: what is wrong with the value.
        problem: &'static str,
    },
}

/// Parses an agent's answer and checks all of it: the result can be stored without further checks.
///
/// An agent that sends `agent` may leave out sections that it could not read. One that does not is the FastAPI
/// client, which always sends all of them.
///
/// # Errors
/// A [`ParseError`] if the bytes are not such an answer.
pub fn parse(bytes: &[u8]) -> Result<SystemInfo, ParseError> {
    let mut info: SystemInfo = serde_json::from_slice(bytes).map_err(|_| explain(bytes))?;
    require_sections(&info)?;
    check(&mut info)?;
    if let Some(history) = &mut info.history {
        for reading in &mut history.readings {
            check(reading)?;
            // Histories do not nest.
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

/// Parses again to find the path of the error. Tracking the path in every good answer would cost too much.
fn explain(bytes: &[u8]) -> ParseError {
    let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, SystemInfo>(deserializer) {
        Ok(_) => ParseError::Shape("it holds more than one JSON value".into()),
        Err(error) => ParseError::Shape(sanitize(&describe(
            &error.path().to_string(),
            &error.inner().to_string(),
        ))),
    }
}

/// Maximum number of characters of an explanation. It may quote the answer, and is stored and shown to everybody.
const MAX_EXPLANATION: usize = 200;

/// Shortens the text and replaces control characters, which a terminal would obey.
fn sanitize(text: &str) -> String {
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

/// Turns path `memory` and message "missing field `total` at line 1 column 9" into "field `memory.total` is
/// missing".
fn describe(path: &str, message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    // The message of serde for something like an HTML page.
    if message == "expected value" {
        return "it is not JSON".to_owned();
    }
    if let Some(field) = message.strip_prefix("missing field `") {
        let parent = if path == "." {
            String::new()
        } else {
            format!("{path}.")
        };
        return format!("field `{parent}{field} is missing");
    }
    let message = name_json_types(message);
    if path == "." {
        return message;
    }
    format!("field `{path}`: {message}")
}

/// Replaces names of Rust types by names that an operator knows: "expected f64" becomes "expected a number".
fn name_json_types(message: &str) -> String {
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

/// The database stores signed 64-bit integers.
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
        Some(field) => Err(value_error(field, "is larger than 2^63 - 1")),
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
