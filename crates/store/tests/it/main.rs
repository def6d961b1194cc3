//! The tests of the store in one program, so that it links SQLite once.

#![expect(clippy::unwrap_used, reason = "an unexpected result ends the test")]

mod backup;
mod common;
mod contract;
mod damage;
#[cfg(target_os = "linux")]
mod full_disk;
mod kill;
mod kill_history;
mod migration;
mod refusals;
mod scripts;
mod sqlite_contract;
mod swept;
mod upgrade;
