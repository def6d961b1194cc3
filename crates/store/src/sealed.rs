//! Sealed history: samples as chunks, an hour or a day (UTC) of a computer at a time, and a month once it is over.
//!
//! Nothing here knows where chunks lie: it works on [`crate::ChunkSet`]s, and on rows that were taken apart.

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
