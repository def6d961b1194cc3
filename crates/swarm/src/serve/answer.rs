//! What a healthy agent answers.

use super::request::Request;
use crate::exposition;
use muster_swarm::computer::{Computer, now_ms};
use muster_swarm::kept::history;
use muster_wire::SystemInfo;

const JSON: &str = "application/json";
/// What a reading with its processes fits into, and the head of an answer.
const USUAL_BODY: usize = 4096;
const USUAL_HEAD: usize = 128;

/// The whole answer, head and body.
pub fn answer(request: &Request, computer: &Computer, keeps: bool) -> Vec<u8> {
    if !request.shows_token {
        return whole(
            "401 Unauthorized",
            JSON,
            br#"{"detail":"Unauthorized"}"#,
            keeps,
        );
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    match path {
        "/systeminfo" => {
            let mut body = Vec::with_capacity(USUAL_BODY);
            match serde_json::to_writer(&mut body, &read(computer, query)) {
                Ok(()) => whole("200 OK", JSON, &body, keeps),
                Err(error) => {
                    let why = error.to_string();
                    whole("500 Internal Server Error", JSON, why.as_bytes(), keeps)
                }
            }
        }
        "/metrics" => {
            let text = exposition::text(&computer.read(now_ms(), false));
            whole("200 OK", exposition::KIND, text.as_bytes(), keeps)
        }
        _ => whole("404 Not Found", JSON, br#"{"detail":"Not Found"}"#, keeps),
    }
}

/// Head and body as one, so that they are sent as one.
pub fn whole(status: &str, kind: &str, body: &[u8], keeps: bool) -> Vec<u8> {
    let length = body.len();
    let close = if keeps { "" } else { "connection: close\r\n" };
    let mut bytes = Vec::with_capacity(USUAL_HEAD + length);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{close}\r\n"
    );
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A reading of now, and those before it where they are asked for.
fn read(computer: &Computer, query: &str) -> SystemInfo {
    let now_ms = now_ms();
    let mut info = computer.read(now_ms, !query.contains("processes=0"));
    let since = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("since="));
    if let (Some(kept), Some(cursor)) = (computer.kept(), since) {
        let history = history(computer, kept, cursor.parse().ok().as_ref(), now_ms);
        info.history = Some(Box::new(history));
    }
    info
}
