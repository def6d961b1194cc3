//! The answers of a healthy agent.

use super::request::Request;
use crate::exposition;
use muster_swarm::computer::{Computer, now_ms};
use muster_wire::SystemInfo;

const JSON: &str = "application/json";
/// Capacity that fits a reading with its processes, and the head of an answer.
const USUAL_BODY: usize = 4096;
const USUAL_HEAD: usize = 128;

/// The whole answer, head and body.
pub fn build_answer(request: &Request, computer: &Computer, keep_alive: bool) -> Vec<u8> {
    if !request.has_token {
        return format_answer(
            "401 Unauthorized",
            JSON,
            br#"{"detail":"Unauthorized"}"#,
            keep_alive,
        );
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    match path {
        "/systeminfo" => {
            let mut body = Vec::with_capacity(USUAL_BODY);
            match serde_json::to_writer(&mut body, &reading(computer, query)) {
                Ok(()) => format_answer("200 OK", JSON, &body, keep_alive),
                Err(error) => {
                    let why = error.to_string();
                    format_answer(
                        "500 Internal Server Error",
                        JSON,
                        why.as_bytes(),
                        keep_alive,
                    )
                }
            }
        }
        "/metrics" => {
            let text = exposition::format_exposition(&computer.reading_at(now_ms(), false));
            format_answer(
                "200 OK",
                exposition::CONTENT_TYPE,
                text.as_bytes(),
                keep_alive,
            )
        }
        _ => format_answer(
            "404 Not Found",
            JSON,
            br#"{"detail":"Not Found"}"#,
            keep_alive,
        ),
    }
}

/// Head and body in one buffer, so that they are sent together.
pub fn format_answer(status: &str, kind: &str, body: &[u8], keep_alive: bool) -> Vec<u8> {
    let length = body.len();
    let close = if keep_alive {
        ""
    } else {
        "connection: close\r\n"
    };
    let mut bytes = Vec::with_capacity(USUAL_HEAD + length);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{close}\r\n"
    );
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The current reading, with the kept readings if the query asks for them.
fn reading(computer: &Computer, query: &str) -> SystemInfo {
    let now_ms = now_ms();
    let mut info = computer.reading_at(now_ms, !query.contains("processes=0"));
    let since = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("since="));
    if let Some(cursor) = since {
        let history = computer.kept_readings(cursor.parse().ok().as_ref(), now_ms);
        info.history = history.map(Box::new);
    }
    info
}
