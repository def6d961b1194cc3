//! The Muster server, its modules in the order in which data passes them: the roster says who is called,
//! the roll calls, fetch asks, ingest takes in, live shows, the recorder stores, http answers.

pub mod config;
pub mod logging;

mod clock;
mod descriptors;
mod labels;
mod phase;
mod shutdown;
mod target;
mod tls;

mod backups;
mod catalogue;
mod close_up;
mod fetch;
mod fill;
mod forecast;
mod ingest;
mod live;
mod presence;
mod recorder;
mod retention;
mod roll;
mod room;
mod roster;
mod sealer;
mod space;

mod completeness;

mod accounts;
mod audit;
mod http;
mod server;

pub mod commands;

#[cfg(fuzzing)]
pub mod fuzzing;

pub use http::{Access, RouteInfo, openapi, route_table};
pub use server::{Server, ServerOptions};
pub use tls::Certificate;
