//! Turning an answer into a sample.

pub mod ingest;
