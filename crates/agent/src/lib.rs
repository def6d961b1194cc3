//! The agent of Muster: it reports the state of its computer at `GET /systeminfo`, and does nothing else.
//!
//! The modules are listed in the order in which data passes them: values of the operating system are collected
//! into an answer, which is served over HTTP to clients that know the token. One reading per interval is
//! recorded, for a server that could not poll meanwhile.

mod files;

pub mod collect;
pub mod lifetime;
pub mod pace;
pub mod ring;
pub mod token;

pub mod alarm;
pub mod connection;
pub mod http;
pub mod recorder;
pub mod serve;
pub mod tls;

pub mod args;
pub mod commands;
pub mod service;
pub mod start;
