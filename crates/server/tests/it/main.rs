//! The whole server over real sockets with a real SQLite file, used as a browser or a script uses it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod agents;
mod app;
mod audit;
mod base_path;
mod binary;
mod commands;
mod completeness;
mod computers;
mod contract;
mod filling;
mod forecast;
mod hardening;
mod history;
mod live;
mod login;
mod metrics;
mod migrated;
mod now;
mod openapi;
mod operating;
mod origin;
mod people;
mod roll;
mod sealing;
mod sparklines;
mod storage;
mod tls;
mod verdicts;
