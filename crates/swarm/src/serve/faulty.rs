//! The answers of faulty agents. Each takes at most [`MAX_TIME`] and a few kilobytes of memory.

use super::request::read_some;
use super::{Stream, answer::format_answer, send};
use muster_swarm::computer::now_ms;
use muster_swarm::fault::{Fault, Faulty};
use std::io;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long a connection without a complete answer is held.
const MAX_TIME: Duration = Duration::from_secs(60);
const LATE: Duration = Duration::from_secs(8);
const FLAPPING_MS: u64 = 20_000;
/// Maximum bytes of an endless answer, and bytes per write.
const MAX_ENDLESS: usize = 16 << 20;
const BLOCK: usize = 16 << 10;

/// Sends an answer in the way of the agent's fault. Returns whether the connection can take another request.
pub async fn send_faulty_answer(stream: &mut impl Stream, faulty: Faulty, answer: &[u8]) -> bool {
    let answered = timeout(MAX_TIME, send_badly(stream, faulty, answer)).await;
    matches!(answered, Ok(Ok(true)))
}

/// Reads until the other side closes the connection, without answering.
pub async fn hold_open(mut stream: impl Stream) {
    let _ = timeout(MAX_TIME, read_to_end(&mut stream)).await;
}

async fn read_to_end(stream: &mut impl Stream) {
    let mut ignored = Vec::new();
    while read_some(stream, &mut ignored)
        .await
        .is_some_and(|count| count > 0)
    {
        ignored.clear();
    }
}

async fn send_badly(stream: &mut impl Stream, faulty: Faulty, answer: &[u8]) -> io::Result<bool> {
    let is_other_form = faulty.is_other_form();
    match faulty.fault {
        Fault::Clock => send(stream, answer).await?,
        Fault::Flapping if is_well(faulty, now_ms()) => send(stream, answer).await?,
        Fault::Token => send(stream, &unauthorized()).await?,
        Fault::Slow if is_other_form => {
            sleep(LATE).await;
            send(stream, answer).await?;
        }
        Fault::Slow => {
            drip(stream, answer).await?;
        }
        Fault::Garbage => {
            send(stream, &garbage(faulty.turn)).await?;
            return Ok(false);
        }
        Fault::Endless => return send_endless(stream, !is_other_form).await.map(|()| false),
        Fault::Cut => {
            send(stream, cut(answer)).await?;
            return Ok(false);
        }
        Fault::Dead | Fault::Refusing | Fault::Flapping => {
            read_to_end(stream).await;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a flapping agent answers at `at_ms`. One half of these agents answers while the other does not.
fn is_well(faulty: Faulty, at_ms: u64) -> bool {
    (at_ms / FLAPPING_MS + u64::from(faulty.turn)).is_multiple_of(2)
}

fn unauthorized() -> Vec<u8> {
    let body = br#"{"detail":"Unauthorized"}"#;
    format_answer("401 Unauthorized", "application/json", body, true)
}

async fn drip(stream: &mut impl Stream, answer: &[u8]) -> io::Result<()> {
    for byte in answer {
        send(stream, &[*byte]).await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// The head and half of the body.
fn cut(answer: &[u8]) -> &[u8] {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n");
    let head = head.map_or(0, |end| end + 4);
    &answer[..head + (answer.len() - head) / 2]
}

fn garbage(turn: u32) -> Vec<u8> {
    let noise = noise(u64::from(turn) ^ now_ms(), 512);
    let ok = |body: &[u8]| format_answer("200 OK", "application/json", body, true);
    match turn % 3 {
        0 => noise,
        1 => ok(&noise),
        _ => ok(br#"{"memory":"much","disk":[1,2],"cpu_percent":{"of":"all"}}"#),
    }
}

/// Pseudo-random bytes; the first can start neither HTTP nor JSON.
fn noise(seed: u64, count: u64) -> Vec<u8> {
    let mixed = |n: u64| {
        let n = (seed.wrapping_add(n)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (n ^ (n >> 27)).to_le_bytes()[3]
    };
    std::iter::once(0xFE).chain((1..count).map(mixed)).collect()
}

async fn send_endless(stream: &mut impl Stream, in_chunks: bool) -> io::Result<()> {
    let (how, before, after) = match in_chunks {
        true => (
            "transfer-encoding: chunked",
            format!("{BLOCK:x}\r\n"),
            "\r\n",
        ),
        false => ("connection: close", String::new(), ""),
    };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{how}\r\n\r\n");
    send(stream, head.as_bytes()).await?;
    // Valid JSON as far as it goes: nested lists that never end.
    let list = "[".repeat(BLOCK);
    let block = [before.as_bytes(), list.as_bytes(), after.as_bytes()].concat();
    for _ in 0..MAX_ENDLESS / BLOCK {
        send(stream, &block).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
