//! Faults, each on the real binaries: what is stored stays whole, and the server goes on.
//!
//! `cargo build --workspace` first: the binaries are looked for beside this one. With `MUSTER_FAULTS=full` the
//! long forms run, whose figures stand in `docs/trust.md`.

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
