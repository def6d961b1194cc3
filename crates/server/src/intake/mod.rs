//! Turning an answer into a sample.

pub mod catalogue;
pub mod ingest;
