//! History as numbers: bucketing a series to the width of a chart. Pure, no I/O.

mod bucket;

pub use bucket::{Bucket, Buckets};
