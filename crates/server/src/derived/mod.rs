//! Derived from the history: forecasts of full disks, and why samples are missing.

pub mod completeness;
pub mod forecast;
