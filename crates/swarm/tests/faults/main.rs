//! Fault tests with the real binaries: stored data stays intact, and the server keeps running.
//!
//! The binaries must be next to this one: `cargo test --workspace --tests` builds them. `make test` runs the short
//! faults (`kill`, `disk`, `locked`); `make faults` runs all of them, in their long forms, with the figures of
//! `docs/trust.md`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed expectation ends the test")]
#![expect(clippy::panic, reason = "a failed expectation ends the test")]

mod history;
mod made;
mod support;

mod clock;
mod damage;
mod descriptors;
mod disk;
mod faulty;
mod halfway;
mod kill;
mod locked;
mod signals;
mod tls;
mod unsynced;
