//! The agent as seen from outside: over real sockets, as a real process, on an invented computer.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;
mod tls;
mod token;

mod binary;
mod connections;
mod elsewhere;
mod golden;
mod history;
mod http;
mod permissions;
mod psutil;
mod service;
