//! Faults, each on the real binaries: what is stored stays whole, and the server goes on.
//!
//! The binaries must lie beside this one: `cargo test --workspace --tests` builds them. `make test` runs the short
//! faults (`kill`, `disk`, `locked`); `make faults` runs all of them, in the long forms whose figures stand in
//! `docs/trust.md`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]
#![expect(clippy::panic, reason = "what is not as expected ends the test")]

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
