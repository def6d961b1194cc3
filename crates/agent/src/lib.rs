//! Muster's agent: answers `GET /systeminfo` with what its computer is doing, and does nothing else.
//!
//! The modules stand in the order in which data passes them: the sources of the operating system are
//! collected into an answer, which goes out over HTTP to whoever knows the token. One an interval is kept,
//! for a server that could not ask meanwhile.

mod files;

pub mod collect;
pub mod lifetime;
pub mod pace;
pub mod ring;
pub mod token;

pub mod alarm;
pub mod connection;
pub mod http;
pub mod keeper;
pub mod serve;
pub mod tls;

pub mod args;
pub mod commands;
pub mod service;
pub mod start;
