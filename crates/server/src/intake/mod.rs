//! Intake: turns an agent's answer into a sample.

pub mod ingest;
