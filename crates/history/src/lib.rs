//! The history of a computer as numbers: values, chunks that compress them, and buckets for charts. Pure
//! functions, no I/O.
//!
//! A chunk holds one series of one computer over one period; `format` describes its bytes. The modules are
//! listed in the order in which data passes them: a rate is computed, values are encoded into a chunk, decoded
//! again, and sorted into buckets. `fill_buckets` goes directly from the chunks of a period to the buckets of a
//! chart.
//!
//! ```
//! use muster_history::{Column, Dense, Value, decode_values, encode_values};
//!
//! let values = [Some(Value::Float(12.5)), None, Some(Value::Integer(13))];
//! let chunk = encode_values(&values)?;
//! assert_eq!(decode_values(&chunk)?, values);
//!
//! let mut floats = Dense::default();
//! Column::open(&chunk)?.floats(1..3, &mut floats)?;
//! assert!(floats.iter().eq([(1, 13.0)]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod rate;

mod error;
mod value;

pub mod format;

mod bytes;
mod clock;
mod decimal;
mod numbers;
mod sections;
mod validity;

mod part;

mod body;
mod exceptions;

mod column;
mod dense;
mod encode;
mod rates;
mod times;
mod verify;

mod bucket;
mod grid;

mod buckets;
mod chart;

pub use bucket::Bucket;
pub use buckets::Buckets;
pub use chart::{ChartSeries, fill_buckets};
pub use column::{Column, decode_values};
pub use dense::Dense;
pub use encode::encode_values;
pub use error::{ChunkError, EncodeError, FillError};
pub use rate::rate;
pub use rates::{Counter, RateColumn, decode_rates, encode_rate_pair, encode_rates};
pub use times::{Times, decode_times, encode_times};
pub use validity::Run;
pub use value::Value;
pub use verify::verify;
