//! The Muster server. The folders stand in the order in which data passes them.

pub mod commands; // `muster serve`, `computer`, `user`, `backup` and the others
pub mod config; // flags and variables
mod derived; // computed from the history: forecasts, gaps and their reasons
mod http; // the API and the dashboard
mod intake; // an agent's answer becomes a sample
mod live; // the latest of every computer, its condition, and the log of what changed
mod ops; // the operating system: clock, descriptors, signals, log output, certificates
mod people; // accounts, sessions, the audit log, names, tags and notes
mod poll; // the roster, the schedule, the connections, backfilling, close-ups
mod server; // assembles all of these, starts and stops them
mod text; // data becomes text for people, at the very edge
mod upkeep; // the store: recording, sealing, retention, backups

#[cfg(fuzzing)]
pub mod fuzzing;

pub use http::{Access, RouteInfo, openapi, route_table};
pub use ops::logging;
pub use ops::tls::Certificate;
pub use server::{Server, ServerOptions};
