//! Sealed history: samples as chunks of an hour, a day or a month (UTC) of a computer.
//!
//! Nothing here knows where chunks are stored: this module works on [`crate::ChunkSet`]s and on blocks of rows.

mod block;
mod calendar;
mod chart;
mod error;
mod read;
mod recode;
mod series;

pub(crate) use block::Block;
pub(crate) use calendar::{DAY_MS, HOUR_MS, day_of, hour_of, month_of};
pub(crate) use chart::{add_to_charts, decode_moments};
pub(crate) use error::SealedError;
pub(crate) use read::decode_samples;
pub(crate) use recode::{Piece, Source, one_piece, pieces_by_day, recode};
pub(crate) use series::{TIMES, column, column_index, number_of, with_counters};
