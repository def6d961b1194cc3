//! The Muster server. The modules are listed in the order in which data passes them.

/// Flags and variables: what the operator decided.
pub mod config;

/// Whom to poll, when, over which connection; backfills and close-ups.
mod poll;

/// An agent's answer becomes a sample.
mod intake;

/// The latest of every computer, its condition, and the log of what changed.
mod live;

/// The store: recording, sealing, retention, backups, disk space.
mod upkeep;

/// Computed from the history: forecasts, gaps and their reasons.
mod derived;

/// Accounts, sessions, the audit log; names, tags and notes of computers.
mod people;

/// Data becomes text for people.
mod text;

/// The API and the dashboard.
mod http;

/// `muster serve`, `computer`, `user`, `backup` and the others.
pub mod commands;

/// The operating system: clock, descriptors, signals, log output, certificates.
mod ops;

/// Assembles all of these, starts and stops them.
mod server;

#[cfg(fuzzing)]
pub mod fuzzing;

pub use http::{Access, RouteInfo, openapi, route_table};
pub use ops::logging;
pub use ops::tls::Certificate;
pub use server::{Server, ServerOptions};
